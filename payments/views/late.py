"""Money that came when the seats were gone: what happened, and what its customer would rather have."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core.errors import DomainError
from payments import operations
from payments.models import Rescue
from payments.statements import statement_of
from payments.views.strict import strict


@strict
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def late(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Seats or money: a POST of `choice` decides, and may be repeated. Afterwards the page says what was chosen."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    if request.method == "POST":
        return _choose(request, booking)
    money = statement_of(booking)
    if booking.status == Booking.Status.CONFIRMED or money.rescue is None:
        return redirect(booking)
    context = {"booking": booking, "money": money, "rescue": money.rescue, "now": timezone.now()}
    return render(request, "payments/late.html", context)


def _choose(request: SignedInRequest, booking: Booking) -> HttpResponse:
    try:
        if request.POST.get("choice") == Rescue.Status.LINE:
            operations.wait_in_line(booking=booking, now=timezone.now())
        elif request.POST.get("choice") == "refund":
            operations.take_money_back(booking_id=booking.pk, now=timezone.now())
        else:
            messages.info(request, "Choose one of the two: seats, or your money.")
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect("payments:late", pk=booking.pk)
