"""Cancelling a booking, or some of its tickets: what it means is said before it is done."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings import operations
from bookings.errors import AlreadyCancelled, RefundChanged, TicketUsed, TooLateToCancel
from bookings.models import Booking
from bookings.policy import given, is_paid, refund_if_cancelled, refund_steps_of
from core import money
from core.errors import Invalid
from core.moments import in_words

Numbers = dict[int, list[int]]
NOBODY_S: Numbers = {0: [0]}  # for what names no ticket at all: refused like a ticket of somebody else
NEVER_SAID = -1


class Ticket(NamedTuple):
    """One to choose: `value` is what the form sends for it. One that was used at the door can't be chosen."""

    value: str
    label: str
    chosen: bool
    used: bool


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Say what cancelling means, then do it: a POST without `confirmed` only asks. `tickets` names those that are given
    back, `<line>:<number>` each; without it, all are. If another amount comes back than was said, it is said anew."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    if booking.status != Booking.Status.CONFIRMED:
        if booking.status == Booking.Status.CANCELLED:
            messages.info(request, "This booking is cancelled already.")
        return redirect(booking)
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and request.POST.get("confirmed"):
        return _do(request, booking, now)
    return _ask(request, booking, now, asked, status=200 if booking.is_cancellable(now) else 409)


def _do(request: SignedInRequest, booking: Booking, now: datetime) -> HttpResponse:
    numbers, expected = _numbers(request.POST), _expected(request.POST)
    try:
        if numbers is None:
            cancelled = operations.cancel(booking=booking, now=now, expected_refund=expected)
        else:
            cancelled = operations.cancel_seats(booking=booking, numbers=numbers, now=now, expected_refund=expected)
    except AlreadyCancelled as refusal:
        messages.info(request, str(refusal))
        return redirect(booking)
    except TooLateToCancel:
        return _ask(request, booking, now, QueryDict(), status=409)
    except TicketUsed as refusal:
        messages.warning(request, str(refusal))
        return _ask(request, booking, now, QueryDict(), status=409)
    except RefundChanged as refusal:
        messages.warning(request, str(refusal))
        return _ask(request, booking, timezone.now(), request.POST, status=409)
    except Invalid as refusal:
        messages.error(request, str(refusal))
        return _ask(request, booking, now, QueryDict("some=1"), status=422)
    messages.success(request, _done(cancelled))
    return redirect(booking)


def _ask(request: SignedInRequest, booking: Booking, now: datetime, asked: QueryDict, *, status: int) -> HttpResponse:
    """What it would mean, or, with `some`, which tickets it is about; so too where one was used, for then it can't be
    all of them."""
    numbers, used = _numbers(asked), operations.used_seats(booking)
    try:
        refund = operations.seats_refund(booking, numbers, now) if numbers else refund_if_cancelled(booking, now)
    except Invalid as refusal:
        messages.error(request, str(refusal))
        asked, numbers, status = QueryDict("some=1"), None, 422
        refund = refund_if_cancelled(booking, now)
    quantity = sum(map(len, numbers.values())) if numbers else booking.quantity
    context = {
        "booking": booking,
        "cancellable": booking.is_cancellable(now),
        "choosing": booking.quantity > 1 and ("some" in asked or (numbers is None and bool(used))),
        "tickets": _tickets(booking, numbers or {}, used),
        "used": len(used),
        "some": numbers is not None and quantity < booking.quantity,
        "quantity": quantity,
        "refund": refund,
        "what_comes_back": what_comes_back(booking, now, refund, is_all=quantity == booking.quantity),
        "now": now,
    }
    return render(request, "bookings/cancel.html", context, status=status)


def what_comes_back(booking: Booking, now: datetime, refund: int, *, is_all: bool = True) -> str:
    """What becomes of the money if it is cancelled now, in a sentence or two; empty for what costs nothing. Needs
    `event` fetched."""
    if not is_paid(booking):
        return "Nothing was charged, so there is nothing to refund." if booking.total else ""
    paid, back = given(booking), money.words(refund, booking.currency)
    steps = [step for step in refund_steps_of(booking) if step.percent]
    until = next((in_words(step.until.astimezone(booking.event.zone)) for step in steps if now < step.until), "")
    if not refund:
        last = in_words(steps[-1].until.astimezone(booking.event.zone)) if steps else ""
        return f"None of what you paid comes back{f': that was so until {last}' if last else ''}."
    if is_all and refund == paid:
        return f"All of the {back} that you paid comes back to you, if you cancel until {until}."
    of = f" of the {money.words(paid, booking.currency)} that you paid" if is_all else ""
    return f"{back}{of} comes back to you, if you cancel until {until}."


def _done(cancelled: Booking) -> str:
    if cancelled.status == Booking.Status.CANCELLED:
        return "Cancelled. Your seats can go to somebody else now."
    return "Done. The tickets you gave back are no longer valid; the others are as good as before."


def _tickets(booking: Booking, numbers: Numbers, used: set[tuple[int, int]]) -> list[Ticket]:
    return [
        Ticket(
            f"{line.pk}:{number}",
            f"{line.ticket_type.name}, no. {number}",
            number in numbers.get(line.pk, []),
            (line.pk, number) in used,
        )
        for line in booking.lines.all()
        for number in line.numbers
    ]


def _numbers(asked: QueryDict) -> Numbers | None:
    """The tickets that are named; None where none is: all of them."""
    found: Numbers = {}
    for value in asked.getlist("tickets"):
        line, _, number = value.partition(":")
        if not (_is_number(line) and _is_number(number)):
            return NOBODY_S
        found.setdefault(int(line), []).append(int(number))
    return found or None


def _expected(asked: QueryDict) -> int | None:
    """What the page has said comes back; None where it has said nothing, and NEVER_SAID for what is no amount."""
    text = asked.get("expected_refund", "")
    return int(text) if _is_number(text) else NEVER_SAID if text else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
