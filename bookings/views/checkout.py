"""The one page between a basket and a booking."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from bookings import operations
from bookings.errors import HoldLapsed, NotPending
from bookings.forms import DetailsForm
from bookings.models import Booking
from core.errors import DomainError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who it is for, and one button that confirms. Pressing it twice, or in two tabs, books once."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    now = timezone.now()
    if booking.status == Booking.Status.CONFIRMED:
        return redirect(booking)
    if not booking.is_held(now):
        return _over(request, booking)
    known = {"name": request.user.name, "email": request.user.email}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            operations.confirm(booking=booking, now=now, **form.cleaned_data)
        except (HoldLapsed, NotPending):
            booking.refresh_from_db(fields=["status", "ended_at"])
            return _over(request, booking)
        return redirect(booking)
    baskets = Booking.objects.of(request.user).pending().filter(event=booking.event, hold_expires_at__gt=now)
    context = {"booking": booking, "form": form, "now": now, "other_basket": baskets.exclude(pk=pk).first()}
    return render(request, "bookings/checkout.html", context, status=422 if form.errors else 200)


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


def _over(request: SignedInRequest, booking: Booking) -> HttpResponse:
    """The basket is gone: 410 with what happened to it and the way back."""
    template = "bookings/over.html#over" if request.htmx else "bookings/over.html"
    return render(request, template, {"booking": booking}, status=410)
