"""The one page between a basket and a booking: who it is for, and how it is paid."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings import operations as bookings
from bookings.errors import HoldLapsed, NotPending
from bookings.models import Booking
from core.errors import DomainError
from events.models import PaymentMethod
from payments import operations
from payments.errors import NothingToPay
from payments.forms import CheckoutForm
from payments.models import Payment, Rescue
from payments.views.asking import ask_again
from payments.views.strict import strict


@strict
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who it is for, how it is paid, and one button. Pressing it twice, or in two tabs, books and pays once.

    Whoever comes back here from a provider's page sees what is true of their payment: the provider is asked.
    """
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    now = timezone.now()
    payments = ask_again(booking, now, at_once=not request.htmx)
    latest = payments[-1] if payments else None
    under_way = latest if latest and latest.is_under_way() else None
    if elsewhere := _elsewhere(request, booking, under_way):
        return redirect(elsewhere)
    if not booking.is_held(now):
        if booking.has_lapsed(now) and bookings.expire(booking=booking, now=now):
            booking.refresh_from_db(fields=["status", "ended_at"])
        return _over(request, booking)
    data = request.POST if request.method == "POST" else None
    form = CheckoutForm(data, booking=booking, customer=request.user, chosen=_method(under_way))
    status = 200
    if data is not None:
        if going_on := _pay(booking, form, now):
            return _go_on(going_on)
        if not booking.is_held(now):
            return _over(request, booking)
        status = form.refusal.status if form.refusal else 422
    failed = latest if latest and latest.status == Payment.Status.FAILED and data is None else None
    context = {"booking": booking, "form": form, "now": now, "under_way": under_way, "failed": failed}
    context["more"] = booking.more_minutes(now)
    context["other_basket"] = _other_basket(booking, now)
    response = render(request, "payments/checkout.html", context, status=status)
    if form.refusal and "retry_after" in form.refusal.extra:
        response["Retry-After"] = str(form.refusal.extra["retry_after"])
    return response


def _pay(booking: Booking, form: CheckoutForm, now: datetime) -> Booking | Payment | None:
    """What it has come to; None where the form, or the booking, says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return operations.pay(booking=booking, now=now, **form.cleaned_data)
    except NothingToPay:
        return booking  # another tab has paid it
    except (HoldLapsed, NotPending):
        booking.refresh_from_db(fields=["status", "ended_at", "hold_expires_at"])
        if booking.is_held(now):
            raise
    except DomainError as refusal:
        form.refuse(refusal)
    return None


def _method(payment: Payment | None) -> str | None:
    return payment.method if payment else None


def _elsewhere(request: SignedInRequest, booking: Booking, under_way: Payment | None) -> str | None:
    """Where there is more to see than here."""
    if booking.status == Booking.Status.CONFIRMED:
        return booking.get_absolute_url()
    if booking.status != Booking.Status.PENDING:
        return reverse("payments:late", args=[booking.pk]) if _has_choice(booking) else None
    waits = under_way and under_way.method == PaymentMethod.TRANSFER
    if waits and request.method != "POST" and "another" not in request.GET:
        return reverse("payments:transfer", args=[booking.pk])
    return None


def _has_choice(booking: Booking) -> bool:
    return Rescue.objects.open().filter(booking=booking).exists()


def _other_basket(booking: Booking, now: datetime) -> Booking | None:
    """Another tab's, for the same event."""
    held = Booking.objects.pending().filter(customer_id=booking.customer_id, event_id=booking.event_id)
    return held.filter(hold_expires_at__gt=now).exclude(pk=booking.pk).first()


def _go_on(to: Booking | Payment) -> HttpResponse:
    """To what is booked, to the provider's page, or to what is to be done."""
    if isinstance(to, Booking):
        return redirect(to)
    if to.is_under_way():
        return redirect(to.url or reverse("payments:transfer", args=[to.booking_id]))
    return redirect("payments:paid", pk=to.booking_id)


def _over(request: SignedInRequest, booking: Booking) -> HttpResponse:
    """The basket is gone: 410 with what happened to it and the way back."""
    template = "bookings/over.html#over" if request.htmx else "bookings/over.html"
    return render(request, template, {"booking": booking}, status=410)
