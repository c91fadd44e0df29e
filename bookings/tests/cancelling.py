"""Bookings that are paid, and what becomes of them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from bookings import operations
from bookings.models import Booking, BookingLine
from events.models import Inventory
from events.operations import TicketTypeInput
from outbox.models import Message
from tests.factories import make_booking, make_event

SEAT = TicketTypeInput(name="Seat", price=Decimal("12.50"))
STEPS = [[168, 100], [48, 50]]


def paid(quantity=2, items=(), customer=None, **changes):
    """A booking that is paid, of an event in thirty days: everything comes back for 23 days, then half for five."""
    start = timezone.now().replace(microsecond=0) + timedelta(days=30)
    rules = {
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "refund_steps": STEPS,
        "payment_methods": ["card"],
    }
    event = changes.pop("event", None) or make_event(**{"ticket_types": [SEAT], **rules, **changes})
    if isinstance(items, dict):
        items = [(one.pk, items[one.name]) for one in event.types_for_sale() if one.name in items]
    booking = make_booking(event, customer, quantity=quantity, items=items)
    assert operations.confirm_paid(booking=booking, now=timezone.now())
    return Booking.objects.select_related("event").get(pk=booking.pk)


def before(booking, **time):
    return booking.event.starts_at - timedelta(**time)


def money_of(booking):
    booking = Booking.objects.get(pk=booking.pk)
    return booking.status, booking.total, booking.adjustment


def line_of(booking, name="Seat"):
    return BookingLine.objects.get(booking=booking, ticket_type__name=name)


def the_facts(name):
    return [
        {key: one.payload[key] for key in one.payload if key != "booking_id"}
        for one in Message.objects.filter(fact=name)
    ]


def claimed(event):
    return Inventory.objects.get(pk=event.inventory_id).claimed
