"""Read what a request means: which ticket types, how many seats of which limit, at what price.

No query, no lock, nothing written: an offer and the clock are enough.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from bookings.errors import CodeUsedUp, NotOnSale, SoldOut
from bookings.operations.offers import Offer
from core import money
from core.errors import DomainError, Invalid
from core.moments import in_words
from events.errors import CodeRefused
from events.models import Event, PromoCode, TicketType

MAX_QUANTITY = 1000


@dataclass(frozen=True)
class Request:
    """What somebody wants: an event and how many of which ticket types. An event with a single type may
    be asked for by `quantity` alone. `code`: a promo code."""

    event_id: UUID
    items: Sequence[tuple[UUID, int]] = ()
    quantity: int | None = None
    name: str = ""
    email: str = ""
    code: str = ""

    @property
    def fingerprint(self) -> str:
        """A digest that tells whether two requests ask for the same."""
        items = sorted((str(type_id), quantity) for type_id, quantity in self.items)
        code = (self.code.strip().upper(),) if self.code else ()
        asked = (str(self.event_id), items, self.quantity, self.name, self.email, *code)
        return hashlib.sha256(repr(asked).encode()).hexdigest()


class Line(NamedTuple):
    """How many of one ticket type, at its price; `off` is what a promo code takes off each ticket, and `with_code`
    says that they are uses of it. Amounts are in minor units."""

    ticket_type: TicketType
    quantity: int
    off: int = 0
    with_code: bool = False

    @property
    def numbers(self) -> list[int]:
        """As a booking's line numbers its tickets: from 1."""
        return list(range(1, self.quantity + 1))

    @property
    def unit_price(self) -> int:
        return self.ticket_type.price

    @property
    def subtotal(self) -> int:
        """Before any discount."""
        return self.quantity * self.ticket_type.price

    @property
    def discount(self) -> int:
        return self.quantity * self.off

    @property
    def total(self) -> int:
        return self.subtotal - self.discount

    @property
    def fee(self) -> int:
        """The fee in the total: a discount takes its part off the fee too."""
        fee = self.ticket_type.fee
        return money.part_of(self.total, fee, self.ticket_type.price) if fee else 0

    @property
    def tax(self) -> int:
        """The tax in the total."""
        rate = self.tax_rate
        return money.tax_within(self.total, rate) if rate else 0

    @property
    def tax_rate(self) -> Decimal:
        return self.ticket_type.tax_rate


class Claim(NamedTuple):
    """How much of one inventory a booking takes: seats of a ticket type's own limit, uses of a promo `code`, or, with
    neither, seats of the house."""

    inventory_id: int
    quantity: int
    ticket_type: TicketType | None = None
    code: PromoCode | None = None


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
        return sum(line.total for line in self.lines)

    @property
    def code(self) -> PromoCode | None:
        """The code it uses: one that covers none of its tickets is not used."""
        return self.offer.code if any(line.with_code for line in self.lines) else None


def make_plan(request: Request, offer: Offer | None, now: datetime) -> Plan:
    """Check a request against what is offered. Raises Invalid, NotOnSale or a refusal of its code."""
    if offer is None:
        raise Invalid({"event": ["There is no such event."]})
    _check_event(offer.event, now)
    lines = _lines(request, offer.types)
    for line in lines:
        _check_line(line.ticket_type, line.quantity, now)
    if offer.code:
        lines = use_code(offer.code, lines)
    return Plan(offer, lines, _claims(offer.event, lines, offer.code))


def office_plan(request: Request, offer: Offer | None, now: datetime, *, free: bool = False) -> Plan:
    """The same for people of the team: before and after the sale, and for any number. `free`: the whole price is
    taken off. Raises as `make_plan`."""
    if offer is None:
        raise Invalid({"event": ["There is no such event."]})
    _check_event(offer.event, now)
    lines = _lines(request, offer.types)
    for line in lines:
        if not 1 <= line.quantity <= MAX_QUANTITY:
            raise Invalid({"quantity": [f"{line.ticket_type.name}: from 1 to {MAX_QUANTITY} in one booking."]})
    if offer.code:
        lines = use_code(offer.code, lines)
    if free:
        lines = [line._replace(off=line.ticket_type.price) for line in lines]
    return Plan(offer, lines, _claims(offer.event, lines, offer.code))


def _check_event(event: Event, now: datetime) -> None:
    if not event.is_selling() or event.is_over(now):
        state = "is over" if event.is_over(now) else f"is {event.get_status_display().lower()}"
        raise NotOnSale(f"{event.title} {state}: no tickets are sold.")


def use_code(code: PromoCode, lines: list[Line]) -> list[Line]:
    """The same tickets with the code's discount on those it covers. Raises CodeRefused where it covers none, unless
    all it does is unlock others."""
    covered = [code.covers(line.ticket_type) for line in lines]
    if not any(covered) and code.kind != PromoCode.Kind.UNLOCK:
        raise CodeRefused(f"The code {code.code} is not for these tickets.")
    return [
        line._replace(off=code.discount_on(line.ticket_type), with_code=True) if uses else line
        for line, uses in zip(lines, covered, strict=True)
    ]


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


def _claims(event: Event, lines: list[Line], code: PromoCode | None) -> list[Claim]:
    """What a booking takes from which limit, by ascending id: the order in which everyone locks."""
    types = [(line.ticket_type, line.quantity) for line in lines]
    own = [Claim(ticket.inventory_id, quantity, ticket) for ticket, quantity in types if ticket.inventory_id]
    house = Claim(event.inventory_id, sum(quantity for _, quantity in types))
    if code and (uses := sum(line.quantity for line in lines if line.with_code)):
        own.append(Claim(code.inventory_id, uses, code=code))
    return [house, *sorted(own, key=lambda claim: claim.inventory_id)]


def sold_out(claim: Claim, left: int, event_id: UUID) -> DomainError:
    """The refusal that says what ran out, how many seats are left of it, and where one can wait for more."""
    left = max(left, 0)
    if claim.code:
        return used_up(claim.code, left)
    what = f"{claim.ticket_type.name}: " if claim.ticket_type else ""
    detail = f"{what}sold out." if left == 0 else f"{what}only {left} left."
    extra = {"ticket_type": str(claim.ticket_type.pk)} if claim.ticket_type else {}
    waitlist = f"/api/waitlist/join/{event_id}"
    return SoldOut(detail[0].upper() + detail[1:], available=left, waitlist=waitlist, **extra)


def used_up(code: PromoCode, left: int) -> CodeUsedUp:
    """The refusal that says how many tickets a code is still good for."""
    if left == 0:
        return CodeUsedUp(f"The code {code.code} is used up.", available=0)
    uses, tickets = ("use", "ticket") if left == 1 else ("uses", "tickets")
    return CodeUsedUp(f"{code.code} has {left:,} {uses} left: choose at most {left:,} {tickets}.", available=left)
