"""What somebody has booked: all of it, one booking, and cancelling it."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings import operations
from bookings.errors import AlreadyCancelled, TooLateToCancel
from bookings.models import Booking
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
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say what cancelling means, then do it: a POST without `confirmed` only asks."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    now = timezone.now()
    if booking.status != Booking.Status.CONFIRMED:
        if booking.status == Booking.Status.CANCELLED:
            messages.info(request, "This booking is cancelled already.")
        return redirect(booking)
    status = 200 if booking.is_cancellable(now) else 409
    if request.method == "POST" and request.POST.get("confirmed"):
        try:
            operations.cancel(booking=booking, now=now)
        except AlreadyCancelled as refusal:
            messages.info(request, str(refusal))
        except TooLateToCancel:
            return render(request, "bookings/cancel.html", _facts(booking, now), status=409)
        else:
            messages.success(request, "Cancelled. Your seats can go to somebody else now.")
        return redirect(booking)
    return render(request, "bookings/cancel.html", _facts(booking, now), status=status)


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
    return {
        "booking": booking,
        "tickets_valid": booking.status == Booking.Status.CONFIRMED,
        "just_booked": bool(booking.confirmed_at and now - booking.confirmed_at < JUST_NOW),
        "cancellable": booking.is_cancellable(now),
        "past": booking.event.is_over(now),
    }
