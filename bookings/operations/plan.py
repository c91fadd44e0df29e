"""Read what a request means: which ticket types, how many seats of which limit, at what price.

No query, no lock, nothing written: an offer and the clock are enough.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookings.errors import NotOnSale, SoldOut
from bookings.operations.offers import Offer
from core.errors import Invalid
from core.moments import in_words
from events.models import Event, TicketType

MAX_QUANTITY = 1000


@dataclass(frozen=True)
class Request:
    """What somebody wants: an event and how many of which ticket types. An event with a single type may
    be asked for by `quantity` alone."""

    event_id: UUID
    items: Sequence[tuple[UUID, int]] = ()
    quantity: int | None = None
    name: str = ""
    email: str = ""

    @property
    def fingerprint(self) -> str:
        """A digest that tells whether two requests ask for the same."""
        items = sorted((str(type_id), quantity) for type_id, quantity in self.items)
        asked = (str(self.event_id), items, self.quantity, self.name, self.email)
        return hashlib.sha256(repr(asked).encode()).hexdigest()


class Line(NamedTuple):
    """How many of one ticket type, at its price in minor units."""

    ticket_type: TicketType
    quantity: int

    @property
    def unit_price(self) -> int:
        return self.ticket_type.price

    @property
    def subtotal(self) -> int:
        return self.quantity * self.ticket_type.price


class Claim(NamedTuple):
    """How many seats of one inventory a booking takes; `ticket_type` is None for the house."""

    inventory_id: int
    quantity: int
    ticket_type: TicketType | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that makes sense: its lines, and its claims in the order in which rows are locked, the house
    first. It holds under the terms of its offer."""

    offer: Offer
    lines: list[Line]
    claims: list[Claim]

    @property
    def event(self) -> Event:
        return self.offer.event

    @property
    def quantity(self) -> int:
        return self.claims[0].quantity

    @property
    def total(self) -> int:
        return sum(line.subtotal for line in self.lines)


def make_plan(request: Request, offer: Offer | None, now: datetime) -> Plan:
    """Check a request against what is offered. Raises Invalid or NotOnSale."""
    if offer is None:
        raise Invalid({"event": ["There is no such event."]})
    event = offer.event
    if not event.is_selling() or event.is_over(now):
        state = "is over" if event.is_over(now) else f"is {event.get_status_display().lower()}"
        raise NotOnSale(f"{event.title} {state}: no tickets are sold.")
    lines = _lines(request, offer.types)
    for ticket_type, quantity in lines:
        _check_line(ticket_type, quantity, now)
    return Plan(offer, lines, _claims(event, lines))


def _lines(request: Request, types: dict[UUID, TicketType]) -> list[Line]:
    """The ticket types and quantities that a request names."""
    if request.quantity is not None:
        if len(types) != 1:
            names = ", ".join(ticket_type.name for ticket_type in types.values())
            raise Invalid({"items": [f"Say how many of which ticket type; there are: {names or 'none'}."]})
        return [Line(next(iter(types.values())), request.quantity)]
    if not request.items:
        raise Invalid({"items": ["Choose at least one ticket."]})
    wanted = [type_id for type_id, _ in request.items]
    if len(set(wanted)) != len(wanted):
        raise Invalid({"items": ["Name each ticket type once."]})
    unknown = [str(type_id) for type_id in wanted if type_id not in types]
    if unknown:
        raise Invalid({"items": [f"This event has no ticket type {', '.join(unknown)}."]})
    return [Line(types[type_id], quantity) for type_id, quantity in request.items]


def _check_line(ticket_type: TicketType, quantity: int, now: datetime) -> None:
    least, most = ticket_type.min_per_booking, min(ticket_type.max_per_booking, MAX_QUANTITY)
    if (opening := ticket_type.local_sales_start) and opening > now:
        raise NotOnSale(f"{ticket_type.name}: sales open on {in_words(opening)}.")
    if ticket_type.sales_ended(now):
        raise NotOnSale(f"{ticket_type.name}: sales have ended.")
    if not least <= quantity <= most:
        raise Invalid({"quantity": [f"{ticket_type.name}: from {least} to {most} in one booking, not {quantity}."]})


def _claims(event: Event, lines: list[Line]) -> list[Claim]:
    """What a booking takes from which limit, by ascending id: the order in which everyone locks."""
    own = [Claim(ticket.inventory_id, quantity, ticket) for ticket, quantity in lines if ticket.inventory_id]
    house = Claim(event.inventory_id, sum(quantity for _, quantity in lines))
    return [house, *sorted(own, key=lambda claim: claim.inventory_id)]


def sold_out(claim: Claim, left: int, event_id: UUID) -> SoldOut:
    """The refusal that says what ran out, how many seats are left of it, and where one can wait for more."""
    left = max(left, 0)
    what = f"{claim.ticket_type.name}: " if claim.ticket_type else ""
    detail = f"{what}sold out." if left == 0 else f"{what}only {left} left."
    extra = {"ticket_type": str(claim.ticket_type.pk)} if claim.ticket_type else {}
    waitlist = f"/api/waitlist/join/{event_id}"
    return SoldOut(detail[0].upper() + detail[1:], available=left, waitlist=waitlist, **extra)
