"""Orders: planned requests, ready to be decided together with others by the database (bookings/sql/decide.sql)."""

import json
from collections import Counter as Sums
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from bookings.errors import CodeUsedUp, KeyReused, OverPersonalLimit
from bookings.models import Booking, may_be_cancelled, new_reference
from bookings.operations.plan import Line, Plan, Request, sold_out
from core import sightings
from core.errors import DomainError
from core.ids import new_id, new_id_text
from core.logs import current_request_id
from core.tally import Counter
from events.models import Event, PromoCode

DECISIONS = Counter("evently_booking_decisions_total", "What the database said to orders.", ["outcome"])
DECIDE = "SELECT n, outcome, booking, digest, at_limit, seats FROM evently_decide(%s::jsonb, %s::bigint[]) ORDER BY n"


class Outcome(StrEnum):
    """What became of an order; bookings/sql/decide.sql says when which."""

    BOOKED = "booked"
    REPEATED = "repeated"
    REPLAN = "replan"
    SOLD_OUT = "sold-out"
    OVER_LIMIT = "over-limit"
    CODE_USED = "code-used"


class Answer(NamedTuple):
    """The database's word on one order. `seats`: what is left under the claim `at_claim`, or what the customer
    has already, of the event or by the code."""

    outcome: Outcome
    booking_id: UUID | None = None
    digest: str | None = None
    at_claim: int = 0
    seats: int = 0


@dataclass(slots=True)
class Order:
    """A customer's plan and the booking it will be: shows itself as that booking does (bookings.documents).

    With `hold`, and where it must be paid first, it will be a basket for HOLD_MINUTES. `again`: this very order may
    have been decided before, by a database that was lost before it could say so.
    """

    plan: Plan
    request: Request
    customer_id: UUID
    created_at: datetime
    key: str | None = None
    hold: bool = False
    again: bool = False
    pk: UUID = field(default_factory=new_id)
    reference: str = field(default_factory=new_reference)
    request_id: str = field(default_factory=current_request_id)

    def __post_init__(self) -> None:
        self.hold = self.hold or self.event.must_be_paid_first(self.total)

    @property
    def event(self) -> Event:
        return self.plan.event

    @property
    def lines(self) -> list[Line]:
        return self.plan.lines

    @property
    def quantity(self) -> int:
        return self.plan.quantity

    @property
    def total(self) -> int:
        return self.plan.total

    @property
    def currency(self) -> str:
        return self.plan.event.currency

    @property
    def name(self) -> str:
        return self.request.name

    @property
    def email(self) -> str:
        return self.request.email

    @property
    def status(self) -> Booking.Status:
        return Booking.Status.PENDING if self.hold else Booking.Status.CONFIRMED

    @property
    def paid_by(self) -> Booking.PaidBy:
        """What is confirmed at once is free, or paid at the door."""
        return Booking.PaidBy.DOOR if self.total and not self.hold else Booking.PaidBy.NOTHING

    @property
    def hold_expires_at(self) -> datetime | None:
        return self.created_at + timedelta(minutes=settings.HOLD_MINUTES) if self.hold else None

    @property
    def policy(self) -> dict[str, Any]:
        return self.event.policy

    @property
    def adjustment(self) -> int:
        return 0

    def more_minutes(self, at: datetime) -> int:
        """As a booking's: nobody has asked yet."""
        return settings.HOLD_EXTENSION_MINUTES if self.hold and settings.HOLD_EXTENSIONS else 0

    @property
    def digest(self) -> str:
        """What its key stands for; nothing without one."""
        return self.request.fingerprint if self.key else ""

    def is_cancellable(self, at: datetime) -> bool:
        return may_be_cancelled(self.status, self.cancellable_until, at)

    @property
    def cancellable_until(self) -> datetime:
        return self.event.cancellable_until

    def booking(self) -> Booking:
        """The booking as the database has it, once it has said that it is one."""
        booking = Booking(
            pk=self.pk,
            reference=self.reference,
            event=self.event,
            customer_id=self.customer_id,
            name=self.name,
            email=self.email,
            status=self.status,
            quantity=self.quantity,
            total=self.total,
            currency=self.currency,
            paid_by=self.paid_by,
            policy=self.event.policy,
            promo_code=self.plan.code,
            created_at=self.created_at,
            confirmed_at=None if self.hold else self.created_at,
            hold_expires_at=self.hold_expires_at,
            idempotency_key=self.key,
            request_hash=self.digest,
        )
        booking._state.adding, booking._state.db = False, DEFAULT_DB_ALIAS
        return booking

    @property
    def promo_code(self) -> PromoCode | None:
        return self.plan.code

    def row(self, n: int, places: dict[int, int]) -> dict[str, Any]:
        """The order as evently_decide() takes it; `places` are those of the batch's inventories. What most orders
        don't have is left out."""
        claims, lines, until = self.plan.claims, self.plan.lines, self.hold_expires_at
        return {
            "n": n,
            "id": str(self.pk),
            "again": self.again,
            "reference": self.reference,
            "event": self.plan.offer.document["id"],
            "customer": str(self.customer_id),
            "name": self.name,
            "email": self.email,
            "status": self.status,
            "quantity": self.quantity,
            "total": self.total,
            "currency": self.currency,
            "paid_by": self.paid_by,
            "policy": self.event.policy,
            "at": self.created_at.isoformat(),
            "until": until and until.isoformat(),
            "key": self.key,
            "digest": self.digest,
            "terms": self.plan.offer.terms,
            "most": self.event.max_per_person,
            "places": [places[claim.inventory_id] for claim in claims],
            "counts": [claim.quantity for claim in claims],
            "movements": [new_id_text() for _ in claims],
            "types": [str(line.ticket_type.pk) for line in lines],
            "quantities": [line.quantity for line in lines],
            "prices": [line.unit_price for line in lines],
            "message": None if self.hold else new_id_text(),
            "request": self.request_id,
            **self._taxes(),
            **self._code(),
            **self._discounts(),
        }

    def _taxes(self) -> dict[str, Any]:
        """By line, where there are any taxes or fees."""
        if not any(line.tax_rate or line.ticket_type.fee for line in self.lines):
            return {}
        return {
            "fees": [line.fee for line in self.lines],
            "taxes": [line.tax for line in self.lines],
            "rates": [str(line.tax_rate) for line in self.lines],
        }

    def _code(self) -> dict[str, Any]:
        code = self.plan.code
        if code is None:
            return {}
        return {
            "code": str(code.pk),
            "code_most": code.max_per_person,
            "code_uses": sum(line.quantity for line in self.lines if line.with_code),
            "coded": [line.with_code for line in self.lines],
        }

    def _discounts(self) -> dict[str, Any]:
        """By line, where anything is taken off."""
        return {"discounts": [line.discount for line in self.lines]} if any(line.off for line in self.lines) else {}


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
    for outcome, count in Sums(answer.outcome for answer in found).items():
        DECISIONS.add(outcome, by=count)
    return found


def note_refused(order: Order, answer: Answer) -> None:
    """Count the seats that somebody asked for in vain because they were sold out: nothing else is kept of it."""
    if answer.outcome == Outcome.SOLD_OUT and not order.plan.claims[answer.at_claim].code:
        sightings.count("refused", order.event.pk, [(str(line.ticket_type.pk), line.quantity) for line in order.lines])


def refusal(order: Order, answer: Answer) -> DomainError | None:
    """What to tell the customer when the answer is a no."""
    if answer.outcome == Outcome.SOLD_OUT:
        return sold_out(order.plan.claims[answer.at_claim], answer.seats, order.event.pk)
    if answer.outcome == Outcome.OVER_LIMIT:
        return _over_limit(order, answer.seats)
    if answer.outcome == Outcome.CODE_USED:
        return _code_used(order, answer.seats)
    if answer.outcome == Outcome.REPEATED and answer.booking_id != order.pk:
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


def _code_used(order: Order, used: int) -> CodeUsedUp:
    code = cast(PromoCode, order.plan.code)
    limit = code.max_per_person or 0
    left = max(limit - used, 0)
    tickets = "ticket" if limit == 1 else "tickets"
    more = f"you have used it for {used}, so it is good for {left} more" if used else f"choose at most {left}"
    return CodeUsedUp(f"The code {code.code} is good for {limit} {tickets} a person: {more}.", available=left)
