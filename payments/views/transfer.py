"""What to transfer, to whom, and until when."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from events.models import PaymentMethod
from payments.statements import statement_of
from payments.transfers import instructions
from payments.views.strict import strict


@strict
@login_required
@require_safe
def transfer(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The bank details, and what has arrived. A booking that waits for no transfer is seen elsewhere."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    money = statement_of(booking)
    payment = money.under_way
    if not booking.is_held(timezone.now()) or payment is None or payment.method != PaymentMethod.TRANSFER:
        return redirect(booking)
    payment.booking = booking
    context = {"booking": booking, "payment": payment, "money": money, "bank": instructions(payment)}
    return render(request, "payments/transfer.html", context)
