"""How long the seats of a basket are still held, and a little more time."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from accounts.requests import SignedInRequest
from bookings import operations
from bookings.models import Booking
from core.errors import DomainError

ADDED = "You have more time now. Your seats are still held."


@never_cache
@login_required
@require_safe
def hold(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The timer of a basket's pages, as it stands. Where there is nothing to count any more, the page around it is
    asked for anew."""
    booking = _mine(request, pk)
    now = timezone.now()
    if booking.has_lapsed(now):
        operations.expire(booking=booking, now=now)
    return _timer(request, booking)


@never_cache
@login_required
@require_POST
def extend(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Need more time? Pressed in two tabs at once, it is two extensions, and both tabs show them."""
    booking = _mine(request, pk)
    said, tone = ADDED, "success"
    try:
        operations.extend(booking=booking, now=timezone.now())
    except DomainError as refusal:
        said, tone = str(refusal), "warning"
    if request.htmx:
        booking.refresh_from_db(fields=["status", "hold_expires_at", "extensions"])
        return trigger_client_event(_timer(request, booking), "toast", {"message": said, "tone": tone})
    messages.add_message(request, messages.SUCCESS if tone == "success" else messages.WARNING, said)
    return redirect("payments:checkout", pk=pk)


def _mine(request: SignedInRequest, pk: UUID) -> Booking:
    return get_object_or_404(Booking.objects.of(request.user).select_related("event"), pk=pk)


def _timer(request: SignedInRequest, booking: Booking) -> HttpResponse:
    now = timezone.now()
    if not booking.is_held(now):
        return HttpResponseClientRefresh() if request.htmx else redirect("payments:checkout", pk=booking.pk)
    return render(request, "bookings/hold.html", {"booking": booking, "now": now, "more": booking.more_minutes(now)})
