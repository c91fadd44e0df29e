"""Back from a provider's page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from payments import operations


@never_cache
@login_required
@require_safe
def paid(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The provider is asked at once: its webhook may come sooner, later, or never."""
    booking = get_object_or_404(Booking.objects.of(request.user), pk=pk)
    operations.check_all(booking=booking, now=timezone.now())
    return redirect(booking)
