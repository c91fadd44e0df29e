"""Orders: planned requests, ready to be decided together with others by the database (bookings/sql/decide.sql)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from bookings.errors import KeyReused, OverPersonalLimit
from bookings.models import Booking, BookingLine
from bookings.operations.plan import Plan, Request, sold_out
from core.errors import DomainError
from core.ids import new_id

DECIDE = "SELECT n, outcome, booking, digest, at_limit, seats FROM evently_decide(%s::jsonb, %s::bigint[]) ORDER BY n"


class Outcome(StrEnum):
    """What became of an order; bookings/sql/decide.sql says when which."""

    BOOKED = "booked"
    REPEATED = "repeated"
    REPLAN = "replan"
    SOLD_OUT = "sold-out"
    OVER_LIMIT = "over-limit"


class Answer(NamedTuple):
    """The database's word on one order. `seats`: what is left under the claim `at_claim`, or what the customer
    has already."""

    outcome: Outcome
    booking_id: UUID | None = None
    digest: str | None = None
    at_claim: int = 0
    seats: int = 0


@dataclass
class Order:
    """A customer's plan and the booking it will be, not saved yet. `again`: whether this very order may have
    been decided before, by a database that was lost before it could say so."""

    plan: Plan
    request: Request
    booking: Booking
    lines: list[BookingLine]
    again: bool = False

    def saved(self) -> Booking:
        """The booking, once the database has said that it is one."""
        self.booking._state.adding, self.booking._state.db = False, DEFAULT_DB_ALIAS
        return self.booking

    def row(self, n: int, places: dict[int, int]) -> dict[str, Any]:
        """The order as evently_decide() takes it; `places` are those of the batch's inventories."""
        booking, claims = self.booking, self.plan.claims
        return {
            "n": n,
            "id": str(booking.pk),
            "again": self.again,
            "reference": booking.reference,
            "event": str(booking.event_id),
            "customer": str(booking.customer_id),
            "name": booking.name,
            "email": booking.email,
            "status": booking.status,
            "quantity": booking.quantity,
            "total": booking.total,
            "currency": booking.currency,
            "at": booking.created_at.isoformat(),
            "until": booking.hold_expires_at and booking.hold_expires_at.isoformat(),
            "key": booking.idempotency_key,
            "digest": booking.request_hash,
            "terms": booking.event.inventory.terms,
            "most": booking.event.max_per_person,
            "places": [places[claim.inventory_id] for claim in claims],
            "counts": [claim.quantity for claim in claims],
            "movements": [str(new_id()) for _ in claims],
            "types": [str(line.ticket_type_id) for line in self.lines],
            "quantities": [line.quantity for line in self.lines],
            "prices": [line.unit_price for line in self.lines],
            "message": str(new_id()) if booking.status == Booking.Status.CONFIRMED else None,
        }


def make_order(
    plan: Plan, request: Request, customer_id: UUID, now: datetime, *, key: str | None = None, hold: bool = False
) -> Order:
    """The booking, or with `hold` the basket for HOLD_MINUTES, that a plan becomes when there are seats."""
    booking = Booking(
        event=plan.event,
        customer_id=customer_id,
        name=request.name,
        email=request.email,
        status=Booking.Status.PENDING if hold else Booking.Status.CONFIRMED,
        quantity=plan.quantity,
        total=plan.total,
        currency=plan.event.currency,
        created_at=now,
        confirmed_at=None if hold else now,
        hold_expires_at=now + timedelta(minutes=settings.HOLD_MINUTES) if hold else None,
        idempotency_key=key,
        request_hash=request.fingerprint if key else "",
    )
    lines = [
        BookingLine(booking=booking, ticket_type=ticket_type, quantity=quantity, unit_price=ticket_type.price)
        for ticket_type, quantity in plan.lines
    ]
    return Order(plan, request, booking, lines)


def arguments(orders: Sequence[Order]) -> tuple[str, list[int]]:
    """What DECIDE takes."""
    limits = sorted({claim.inventory_id for order in orders for claim in order.plan.claims})
    places = {inventory_id: place for place, inventory_id in enumerate(limits, start=1)}
    return json.dumps([order.row(n, places) for n, order in enumerate(orders, start=1)]), limits


def answers(orders: Sequence[Order], limits: Sequence[int], rows: Iterable[Sequence[Any]]) -> list[Answer]:
    """What DECIDE returned, in the orders' order."""
    found: list[Answer] = []
    for order, (_, outcome, booking_id, digest, at_limit, seats) in zip(orders, rows, strict=True):
        inventories = [claim.inventory_id for claim in order.plan.claims]
        at_claim = inventories.index(limits[at_limit - 1]) if at_limit else 0
        found.append(Answer(Outcome(outcome), booking_id, digest, at_claim, seats or 0))
    return found


def refusal(order: Order, answer: Answer) -> DomainError | None:
    """What to tell the customer when the answer is a no."""
    if answer.outcome == Outcome.SOLD_OUT:
        return sold_out(order.plan.claims[answer.at_claim], answer.seats)
    if answer.outcome == Outcome.OVER_LIMIT:
        return _over_limit(order, answer.seats)
    if answer.outcome == Outcome.REPEATED and answer.booking_id != order.booking.pk:
        return None if answer.digest == order.request.fingerprint else key_reused()
    return None


def key_reused() -> KeyReused:
    return KeyReused("This Idempotency-Key came with another request before. Use a new one for a new booking.")


def _over_limit(order: Order, taken: int) -> OverPersonalLimit:
    event = order.plan.event
    limit = event.max_per_person or 0
    more = max(limit - taken, 0)
    return OverPersonalLimit(
        f"{event.title} allows {limit} per person. You have {taken}, so you can book {more} more.",
        limit=limit,
        available=more,
    )
