"""Booking on behalf of guests: the box office, and tickets that are given away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core import money
from core.errors import DomainError, Invalid
from core.limits import limit
from events.models import Event
from events.organiser_views import editable
from guests import operations
from guests.forms import ComplimentaryForm, OfficeForm, refuse


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: SignedInRequest, slug: str) -> HttpResponse:
    """Sell to somebody at the counter or on the telephone. `preview` works out the price and sells nothing."""
    event = editable(request, slug)
    if request.method != "POST":
        return _office(request, event, OfficeForm(event=event))
    form = OfficeForm(request.POST, event=event)
    if "preview" in request.POST or request.htmx:
        return _preview(request, event, form)
    if not form.is_valid():
        return _office(request, event, form, 422)
    limit(request, "sell")
    try:
        booking = operations.sell(event=event, sale=form.sale, by=request.user, now=timezone.now())
    except DomainError as refusal:
        refuse(form, refusal)
        return _office(request, event, form, 422 if isinstance(refusal, Invalid) else refusal.status)
    messages.success(request, _sold(booking))
    return redirect("guests:booking", slug, booking.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def complimentary(request: SignedInRequest, slug: str) -> HttpResponse:
    """Give tickets to several people at once."""
    event = editable(request, slug)
    form = ComplimentaryForm(request.POST if request.method == "POST" else None, event=event)
    if request.method != "POST" or not form.is_valid():
        return _complimentary(request, event, form, 422 if form.errors else 200)
    limit(request, "sell")
    try:
        booked = operations.give_away(event=event, by=request.user, now=timezone.now(), **form.cleaned_data)
    except DomainError as refusal:
        refuse(form, refusal)
        return _complimentary(request, event, form, 422 if isinstance(refusal, Invalid) else refusal.status)
    guests = "1 guest has" if len(booked) == 1 else f"{len(booked):,} guests have"
    messages.success(request, f"{guests} tickets now; they are on their way by mail.")
    return redirect("guests:list", slug)


def _preview(request: SignedInRequest, event: Event, form: OfficeForm) -> HttpResponse:
    """The price of what is chosen so far; names may still be missing."""
    form.is_valid()
    problem = price = ""
    try:
        items = form.items
        price = _words(operations.quote(event=event, sale=form.sale, now=timezone.now()), event) if items else ""
    except DomainError as refusal:
        problem = str(refusal)
    if request.htmx:
        context = {"price": price, "problem": problem}
        return render(request, "organise/guests/office.html#price", context)
    form.errors.clear()
    return _office(request, event, form, price=price, problem=problem)


def _words(amount: int, event: Event) -> str:
    return money.words(amount, event.currency)


def _sold(booking: Booking) -> str:
    tickets = "1 ticket" if booking.quantity == 1 else f"{booking.quantity:,} tickets"
    paid = booking.paid_by == Booking.PaidBy.MONEY
    price = f", {booking.total_label} {'paid' if paid else 'to be paid at the door'}" if booking.total else ""
    sent = f" They go to {booking.email}." if booking.email else " Print them here: there is no address."
    return f"{tickets} booked{price}.{sent}"


def _office(request: SignedInRequest, event: Event, form: OfficeForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"event": event, "form": form, "waiting": event.inventory.waiting, **more}
    return render(request, "organise/guests/office.html", context, status=status)


def _complimentary(request: SignedInRequest, event: Event, form: ComplimentaryForm, status: int) -> HttpResponse:
    return render(request, "organise/guests/complimentary.html", {"event": event, "form": form}, status=status)
