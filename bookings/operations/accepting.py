"""Accept an offer of the waitlist: a booking whose seats are reserved already."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction

from bookings.errors import OverPersonalLimit
from bookings.facts import booking_confirmed
from bookings.models import Booking, BookingLine
from bookings.operations.late import revive
from bookings.operations.plan import Line
from core.ids import new_id
from events.models import Inventory, TicketType
from outbox.operations import announce
from waitlist import operations as line
from waitlist.models import Entry


@transaction.atomic
def accept(*, entry: Entry, now: datetime) -> Booking:
    """Book what is offered to a party, at today's prices. Where it has to be paid first it becomes a basket, for as
    long as the offer would have stood, and HOLD_MINUTES at least. Accepting twice is harmless: the second call returns
    the booking that the first one made.

    Raises NoOffer, OfferLapsed, LineClosed or OverPersonalLimit, having changed nothing.
    """
    if entry.is_paid:
        return revive(entry=entry, now=now)
    booking_id = new_id()
    taken = line.take(entry=entry, booking_id=booking_id, now=now)
    if taken.booking_id != booking_id:
        return Booking.objects.select_related("event").get(pk=cast(UUID, taken.booking_id))
    _check_personal_limit(taken)
    ticket_type = cast(TicketType, taken.offered_type)
    price = ticket_type.price
    booking = Booking(
        pk=booking_id,
        event=taken.event,
        customer_id=taken.customer_id,
        quantity=taken.quantity,
        total=price * taken.quantity,
        policy=taken.event.policy,
        currency=taken.event.currency,
        created_at=now,
    )
    if taken.event.must_be_paid_first(booking.total):
        _hold(booking, taken, now)
    else:
        booking.status, booking.confirmed_at = Booking.Status.CONFIRMED, now
        booking.paid_by = Booking.PaidBy.DOOR if booking.total else Booking.PaidBy.NOTHING
        announce(booking_confirmed, booking_id=booking.pk)
    booking.save(force_insert=True)
    price_of = Line(ticket_type, taken.quantity)
    BookingLine.objects.create(
        booking=booking,
        ticket_type=ticket_type,
        quantity=taken.quantity,
        unit_price=price,
        fee=price_of.fee,
        tax=price_of.tax,
        tax_rate=price_of.tax_rate,
    )
    return booking


def _hold(booking: Booking, taken: Entry, now: datetime) -> None:
    """Put it in a basket. Nobody loses time by saying yes: the seats were promised until the offer's end."""
    least = now + timedelta(minutes=settings.HOLD_MINUTES)
    booking.status = Booking.Status.PENDING
    booking.hold_expires_at = max(least, taken.offer_expires_at or least)
    limits = filter(None, [taken.event.inventory_id, cast(TicketType, taken.offered_type).inventory_id])
    for inventory_id in sorted(limits):
        Inventory.objects.move(inventory_id, held=taken.quantity)


def _check_personal_limit(entry: Entry) -> None:
    """Whoever booked elsewhere meanwhile may have too many now; the event's house is locked, so they can be counted."""
    most = entry.event.max_per_person
    has = Booking.objects.live().filter(event=entry.event_id, customer=entry.customer_id).seats()
    if most is not None and has + entry.quantity > most:
        raise OverPersonalLimit(
            f"{entry.event.title} allows {most} per person, and you have {has}. Cancel some, or pass this offer on.",
            limit=most,
            available=max(most - has, 0),
        )
