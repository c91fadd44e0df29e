"""What somebody has booked: all of it, one booking; and letting go of a basket."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings import operations
from bookings.models import Booking
from bookings.policy import refund_if_cancelled
from bookings.views.cancelling import what_comes_back
from core.errors import DomainError

JUST_NOW = timedelta(minutes=10)  # so long a booking page greets with "You're going!"
MOST_COMING = 100
PAST_ON_A_PAGE = 20


@never_cache
@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """The next event first, then what else is coming, open baskets, and what is over."""
    now = timezone.now()
    bookings = Booking.objects.of(request.user).with_all()
    coming = list(bookings.coming(now)[:MOST_COMING])
    baskets = [
        {"booking": basket, "minutes": ceil(basket.time_left(now) / timedelta(minutes=1))}
        for basket in bookings.held(now)[:MOST_COMING]
    ]
    over = Paginator(bookings.over(now), PAST_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"next": coming[:1], "coming": coming[1:], "baskets": baskets, "over": over, "now": now}
    return render(request, "bookings/mine.html", context)


@never_cache
@login_required
@require_safe
def detail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One booking. A basket's page is its checkout."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    if booking.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        return redirect("payments:checkout", pk=pk)
    return render(request, "bookings/detail.html", _facts(booking, timezone.now()))


@never_cache
@login_required
@require_POST
def give_back(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let go of a basket, and back to the event."""
    booking = get_object_or_404(Booking.objects.of(request.user).select_related("event"), pk=pk)
    try:
        operations.give_back(booking=booking, now=timezone.now())
    except DomainError as refusal:
        messages.info(request, str(refusal))
        return redirect(booking)
    messages.success(request, "Your seats are back on sale.")
    return redirect(booking.event)


def _facts(booking: Booking, now: datetime) -> dict[str, object]:
    """What a booking's page says besides the booking itself."""
    refund = refund_if_cancelled(booking, now)
    return {
        "booking": booking,
        "tickets_valid": booking.status == Booking.Status.CONFIRMED,
        "just_booked": bool(booking.confirmed_at and now - booking.confirmed_at < JUST_NOW),
        "cancellable": booking.is_cancellable(now),
        "past": booking.event.is_over(now),
        "refund": refund,
        "what_comes_back": what_comes_back(booking, now, refund),
    }
