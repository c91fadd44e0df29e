"""The receipt of a booking, for its customer."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core.limits import limit
from payments.errors import NothingReceived
from payments.receipts import receipt_pdf


@never_cache
@login_required
@require_safe
def receipt(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """As a PDF; 404 while no money has come in."""
    limit(request, "pdf")
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    try:
        pdf = receipt_pdf(booking, timezone.now())
    except NothingReceived as nothing:
        raise Http404(str(nothing)) from nothing
    headers = {"Content-Disposition": f'inline; filename="receipt-{booking.reference}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
