"""The one page between a basket and a booking: who it is for, and how it is paid."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings import operations as bookings
from bookings.errors import HoldLapsed, NotPending
from bookings.models import Booking
from core.errors import DomainError
from payments import operations
from payments.forms import CheckoutForm
from payments.models import Payment


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who it is for, how it is paid, and one button. Pressing it twice, or in two tabs, books and pays once."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    now = timezone.now()
    if booking.status == Booking.Status.CONFIRMED:
        return redirect(booking)
    if not booking.is_held(now):
        if booking.has_lapsed(now) and bookings.expire(booking=booking, now=now):
            booking.refresh_from_db(fields=["status", "ended_at"])
        return _over(request, booking)
    form = CheckoutForm(request.POST if request.method == "POST" else None, booking=booking, customer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            going_on = operations.pay(booking=booking, now=now, **form.cleaned_data)
        except (HoldLapsed, NotPending):
            booking.refresh_from_db(fields=["status", "ended_at"])
            return _over(request, booking)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _go_on(going_on)
    baskets = Booking.objects.of(request.user).pending().filter(event=booking.event, hold_expires_at__gt=now)
    context = {"booking": booking, "form": form, "now": now, "other_basket": baskets.exclude(pk=pk).first()}
    context["more"] = booking.more_minutes(now)
    return render(request, "payments/checkout.html", context, status=422 if form.errors else 200)


def _go_on(to: Booking | Payment) -> HttpResponse:
    """To what is booked, to the provider's page, or to what is to be done."""
    if isinstance(to, Booking):
        return redirect(to)
    return redirect(to.url if to.url and to.is_under_way() else to.booking)


def _over(request: SignedInRequest, booking: Booking) -> HttpResponse:
    """The basket is gone: 410 with what happened to it and the way back."""
    template = "bookings/over.html#over" if request.htmx else "bookings/over.html"
    return render(request, template, {"booking": booking}, status=410)
