"""Book, hold, confirm: check, claim, record, announce.

The one thing many people fight for is the inventory row. So everything that can be decided without it
is decided first, everything that must be written with it is written first, and the conditional UPDATE
that takes the seats comes last, just before the commit that frees the row for the next in line.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from bookings.errors import HoldLapsed, KeyReused, NotOnSale, NotPending, OverPersonalLimit, SoldOut
from bookings.facts import booking_confirmed
from bookings.models import Booking, BookingLine
from core.errors import Invalid
from events.models import Event, Inventory, Movement, TicketType
from outbox.operations import announce

MAX_QUANTITY = 1000
MOST_PLANS = 5


class _TermsChanged(Exception):
    """What was planned can't be claimed any more: plan again."""


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
        return hashlib.sha256(repr((str(self.event_id), items, self.quantity)).encode()).hexdigest()


@dataclass
class Claim:
    """How many seats of one inventory a booking takes; `ticket_type` is None for the house."""

    inventory: Inventory
    quantity: int
    ticket_type: TicketType | None = None


@dataclass
class Plan:
    """A request that makes sense: its lines, and its claims in the order in which rows are locked."""

    event: Event
    lines: list[tuple[TicketType, int]]
    claims: list[Claim] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(quantity for _, quantity in self.lines)

    @property
    def total(self) -> int:
        return sum(ticket_type.price * quantity for ticket_type, quantity in self.lines)


def book(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Book at once: for what is free or paid at the door.

    With an idempotency `key`, a repeated request returns the first booking; KeyReused if it asks for
    something else. Raises Invalid, NotOnSale, OverPersonalLimit or SoldOut, having changed nothing.
    """
    return _claim(request, customer_id, now, key, hold_expires_at=None)


def hold(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Put seats in a basket for HOLD_MINUTES; `confirm` books them, otherwise they lapse. Errors as for `book`."""
    hold_expires_at = now + timedelta(minutes=settings.HOLD_MINUTES)
    return _claim(request, customer_id, now, key, hold_expires_at)


@transaction.atomic
def confirm(*, booking: Booking, now: datetime, name: str = "", email: str = "") -> Booking:
    """Turn a basket into a booking. HoldLapsed when its time was up, NotPending when it is none any more.

    Confirming twice is harmless: the second call returns the booking as it is.
    """
    in_time = Booking.objects.pending().filter(pk=booking.pk, hold_expires_at__gt=now)
    changes = {"status": Booking.Status.CONFIRMED, "confirmed_at": now, "name": name, "email": email}
    if not in_time.update(**changes):
        return _explain_unconfirmable(booking)
    booking.refresh_from_db(fields=[*changes])
    announce(booking_confirmed, booking_id=booking.pk)
    seats = lock_seats(booking)
    record(seats, booking.pk, Movement.Reason.CONFIRMED, sign=0, at=now)
    for inventory_id, quantity in seats:
        Inventory.objects.settle(inventory_id, quantity)
    return booking


def lock_seats(booking: Booking) -> list[tuple[int, int]]:
    """(inventory id, seats) of all limits that a booking counts against, in locking order.

    Locks the house first: until the transaction ends, no limit can be added or taken away.
    """
    Inventory.objects.select_for_update(of=("self",), no_key=True).get(event__id=booking.event_id)
    lines = booking.lines.values_list("ticket_type__inventory_id", "quantity", "booking__event__inventory_id")
    seats: dict[int, int] = {}
    for own_id, quantity, house_id in lines:
        for inventory_id in filter(None, (own_id, house_id)):
            seats[inventory_id] = seats.get(inventory_id, 0) + quantity
    return sorted(seats.items())


def record(
    seats: Sequence[tuple[int, int]], booking_id: UUID, reason: Movement.Reason, *, sign: int, at: datetime
) -> None:
    """Write down why the inventories' numbers change, in one INSERT."""
    Movement.objects.bulk_create(
        Movement(inventory_id=inventory_id, booking_id=booking_id, reason=reason, change=sign * quantity, at=at)
        for inventory_id, quantity in seats
    )


def _claim(
    request: Request, customer_id: UUID, now: datetime, key: str | None, hold_expires_at: datetime | None
) -> Booking:
    for _ in range(MOST_PLANS):
        if key and (first := _first_answer(request, customer_id, key)):
            return first
        plan = _plan(request, now)
        _refuse_early(plan)
        try:
            with transaction.atomic():
                return _write(plan, request, customer_id, now, key, hold_expires_at)
        except _TermsChanged:
            continue  # the organiser saved the event between the plan and the claim
        except IntegrityError:
            # The same key at the same moment: the other one was first, and has committed by now.
            if not key or not Booking.objects.filter(customer_id=customer_id, idempotency_key=key).exists():
                raise
    raise NotOnSale("This event is being changed right now. Please try again in a moment.")


def _write(
    plan: Plan,
    request: Request,
    customer_id: UUID,
    now: datetime,
    key: str | None,
    hold_expires_at: datetime | None,
) -> Booking:
    held = hold_expires_at is not None
    if plan.event.max_per_person is not None:
        _keep_personal_limit(plan, customer_id)
    booking = Booking.objects.create(
        event=plan.event,
        customer_id=customer_id,
        name=request.name,
        email=request.email,
        status=Booking.Status.PENDING if held else Booking.Status.CONFIRMED,
        quantity=plan.quantity,
        total=plan.total,
        currency=plan.event.currency,
        hold_expires_at=hold_expires_at,
        created_at=now,
        confirmed_at=None if held else now,
        idempotency_key=key,
        request_hash=request.fingerprint if key else "",
    )
    BookingLine.objects.bulk_create(
        BookingLine(booking=booking, ticket_type=ticket_type, quantity=quantity, unit_price=ticket_type.price)
        for ticket_type, quantity in plan.lines
    )
    reason = Movement.Reason.HELD if held else Movement.Reason.BOOKED
    seats = [(claim.inventory.pk, claim.quantity) for claim in plan.claims]
    record(seats, booking.pk, reason, sign=1, at=now)
    if not held:
        announce(booking_confirmed, booking_id=booking.pk)
    for claim in plan.claims:
        inventory = claim.inventory
        if not Inventory.objects.claim(inventory.pk, claim.quantity, hold=held, terms=inventory.terms):
            planned_terms = inventory.terms
            inventory.refresh_from_db()
            raise _TermsChanged if inventory.terms != planned_terms else _sold_out(claim)
    return booking


def _plan(request: Request, now: datetime) -> Plan:
    """Check a request against the event as it stands, with two narrow queries and no lock."""
    event = Event.objects.public().select_related("inventory").filter(pk=request.event_id).first()
    if event is None:
        raise Invalid({"event": ["There is no such event."]})
    if event.status != Event.Status.PUBLISHED or event.is_over(now):
        state = "is over" if event.is_over(now) else f"is {event.get_status_display().lower()}"
        raise NotOnSale(f"{event.title} {state}: no tickets are sold.")
    types = {
        ticket_type.pk: ticket_type
        for ticket_type in event.types_for_sale()
    }
    lines = _lines(request, types)
    for ticket_type, quantity in lines:
        _check_line(ticket_type, quantity, now)
    return Plan(event, lines, _claims(event, lines))


def _lines(request: Request, types: dict[UUID, TicketType]) -> list[tuple[TicketType, int]]:
    """The ticket types and quantities that a request names."""
    if request.quantity is not None:
        if len(types) != 1:
            names = ", ".join(ticket_type.name for ticket_type in types.values())
            raise Invalid({"items": [f"Say how many of which ticket type; there are: {names or 'none'}."]})
        return [(next(iter(types.values())), request.quantity)]
    if not request.items:
        raise Invalid({"items": ["Choose at least one ticket."]})
    wanted = [type_id for type_id, _ in request.items]
    if len(set(wanted)) != len(wanted):
        raise Invalid({"items": ["Name each ticket type once."]})
    unknown = [str(type_id) for type_id in wanted if type_id not in types]
    if unknown:
        raise Invalid({"items": [f"This event has no ticket type {', '.join(unknown)}."]})
    return [(types[type_id], quantity) for type_id, quantity in request.items]


def _check_line(ticket_type: TicketType, quantity: int, now: datetime) -> None:
    least, most = ticket_type.min_per_booking, min(ticket_type.max_per_booking, MAX_QUANTITY)
    if not ticket_type.sales_started(now):
        start = ticket_type.sales_start_at.astimezone(ticket_type.event.zone)
        raise NotOnSale(f"{ticket_type.name}: sales open on {start:%A %d %B at %H:%M %Z}.")
    if ticket_type.sales_ended(now):
        raise NotOnSale(f"{ticket_type.name}: sales have ended.")
    if not least <= quantity <= most:
        raise Invalid({"quantity": [f"{ticket_type.name}: from {least} to {most} in one booking, not {quantity}."]})


def _claims(event: Event, lines: list[tuple[TicketType, int]]) -> list[Claim]:
    """What a booking takes from which limit, by ascending id: the order in which everyone locks."""
    claims = [Claim(event.inventory, sum(quantity for _, quantity in lines))]
    claims += [Claim(ticket.inventory, quantity, ticket) for ticket, quantity in lines if ticket.inventory]
    return sorted(claims, key=lambda claim: claim.inventory.pk)


def _refuse_early(plan: Plan) -> None:
    """Say "sold out" from what was just read: no lock, nothing written. The claim has the last word."""
    for claim in plan.claims:
        if claim.inventory.free < claim.quantity:
            raise _sold_out(claim)


def _sold_out(claim: Claim) -> SoldOut:
    left = max(claim.inventory.free, 0)
    what = f"{claim.ticket_type.name}: " if claim.ticket_type else ""
    detail = f"{what}sold out." if left == 0 else f"{what}only {left} left."
    extra = {"ticket_type": str(claim.ticket_type.pk)} if claim.ticket_type else {}
    return SoldOut(detail[0].upper() + detail[1:], available=left, **extra)


def _keep_personal_limit(plan: Plan, customer_id: UUID) -> None:
    """Refuse what would exceed the event's limit per person.

    The sum is only true while nobody else books for the same person and event, so those take turns at
    an advisory lock of their own, which ends with the transaction and hinders no one else.
    """
    limit = plan.event.max_per_person
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"booking:{plan.event.pk}:{customer_id}"]
        )
    taken = Booking.objects.live().filter(event=plan.event, customer_id=customer_id).seats()
    if taken + plan.quantity > limit:
        more = max(limit - taken, 0)
        raise OverPersonalLimit(
            f"{plan.event.title} allows {limit} per person. You have {taken}, so you can book {more} more.",
            limit=limit,
            available=more,
        )


def _first_answer(request: Request, customer_id: UUID, key: str) -> Booking | None:
    first = Booking.objects.filter(customer_id=customer_id, idempotency_key=key).select_related("event").first()
    if first and first.request_hash != request.fingerprint:
        raise KeyReused("This Idempotency-Key came with another request before. Use a new one for a new booking.")
    return first


def _explain_unconfirmable(booking: Booking) -> Booking:
    booking.refresh_from_db()
    if booking.status == Booking.Status.CONFIRMED:
        return booking
    if booking.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        raise HoldLapsed("The time to complete this booking was up, and its seats went back on sale.")
    raise NotPending(f"This booking is {booking.get_status_display().lower()}.")
