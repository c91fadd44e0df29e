"""Book on behalf of guests: what people of a team sell at the box office, and what they give away.

Seats are decided as everybody's are, by the same function and behind the same line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings.errors import KeptForTheLine, SoldOut
from bookings.models import Booking
from bookings.operations.booking import MOST_PLANS, being_changed, decide
from bookings.operations.offers import read_office_offer
from bookings.operations.orders import Answer, Order, Outcome, refusal
from bookings.operations.plan import Request, office_plan
from core.errors import DomainError
from events.models import Inventory

Source = Booking.Source


class ForGuest(NamedTuple):
    """What is booked, and for whose account."""

    request: Request
    customer_id: UUID


@dataclass
class OfficeOrder(Order):
    """Confirmed at once, whatever it costs and however the event is paid for; no limit for one person holds."""

    def __post_init__(self) -> None:
        self.hold = False

    def row(self, n: int, places: dict[int, int]) -> dict[str, Any]:
        return {**Order.row(self, n, places), "most": None, "code_most": None}


@transaction.atomic
def sell(*, to: ForGuest, by: User, now: datetime, key: str | None = None, note: str = "") -> Booking:
    """Book for a guest at the box office: what costs something is to be paid at the door, until it is booked in.

    The same `key` again returns the first booking. Raises Invalid, NotOnSale, SoldOut, KeptForTheLine, or a refusal of
    the promo code, having changed nothing.
    """
    [booking] = _book([to], by, now, key=key, source=Source.BOX_OFFICE, note=note)
    return booking


@transaction.atomic
def give_away(*, to: Sequence[ForGuest], by: User, now: datetime, reason: str) -> list[Booking]:
    """Book for guests, who pay nothing; for all of them or, when it is refused to one, for none. They are different
    customers. Raises as `sell`."""
    return _book(to, by, now, source=Source.COMPLIMENTARY, note=reason)


def office_price(*, request: Request, now: datetime) -> int:
    """What a guest would pay for it at the box office, in minor units. Raises Invalid, NotOnSale, or a refusal of the
    promo code."""
    return office_plan(request, read_office_offer(request.event_id, request.code, now), now).total


def _book(
    to: Sequence[ForGuest], by: User, now: datetime, *, source: Source, note: str, key: str | None = None
) -> list[Booking]:
    for _ in range(MOST_PLANS):
        orders = [_order(one, now, key, free=source == Source.COMPLIMENTARY) for one in to]
        with transaction.atomic():
            answered = decide(orders)
            again = any(answer.outcome == Outcome.REPLAN for answer in answered)
            if again:
                transaction.set_rollback(True)
        if again:
            continue
        for order, answer in zip(orders, answered, strict=True):
            if no := _refusal(order, answer):
                raise no
        booked = [one.pk for one, told in zip(orders, answered, strict=True) if told.outcome == Outcome.BOOKED]
        Booking.objects.filter(pk__in=booked).update(source=source, booked_by=by, source_note=note)
        found = Booking.objects.select_related("event").in_bulk([answer.booking_id for answer in answered])
        return [found[answer.booking_id] for answer in answered]
    raise being_changed()


def _order(one: ForGuest, now: datetime, key: str | None, *, free: bool) -> OfficeOrder:
    request = one.request
    plan = office_plan(request, read_office_offer(request.event_id, request.code, now), now, free=free)
    return OfficeOrder(plan, request, one.customer_id, now, key)


def _refusal(order: Order, answer: Answer) -> DomainError | None:
    """Seats that are free, but for those in line, are a refusal of their own."""
    no = refusal(order, answer)
    claim = order.plan.claims[answer.at_claim]
    if not isinstance(no, SoldOut) or claim.code:
        return no
    limit = Inventory.objects.get(pk=claim.inventory_id)
    if not limit.waiting or not limit.unclaimed:
        return no
    parties = "1 party" if limit.waiting == 1 else f"{limit.waiting:,} parties"
    seats = "1 seat is" if limit.unclaimed == 1 else f"{limit.unclaimed:,} seats are"
    return KeptForTheLine(f"{seats} free, and owed to the line: {parties} waiting. Invite them, or add seats.")
