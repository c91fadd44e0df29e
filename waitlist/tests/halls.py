"""Events that are sold out, and what tests do in front of them."""

from dataclasses import replace

from django.utils import timezone

from bookings import operations as bookings
from events import operations as events
from events.models import Inventory
from events.operations import TicketTypeInput, input_of
from tests.factories import make_booking, make_event, make_user, owner_of
from waitlist import operations
from waitlist.models import Entry


def sold_out(seats: int = 2, **changes):
    """An event whose seats are all booked, one booking each, and those bookings."""
    event = make_event(capacity=seats, **changes)
    kind = event.types_for_sale()[0].pk
    return event, [make_booking(event, items=[(kind, 1)]) for _ in range(seats)]


def join(event, quantity=1, who=None, **more) -> Entry:
    now = more.pop("now", timezone.now())
    return operations.join(event_id=event.pk, customer_id=(who or make_user()).pk, quantity=quantity, now=now, **more)


def cancel(booking, now=None) -> None:
    bookings.cancel(booking=booking, now=now or timezone.now(), even_late=True)


def status_of(*entries) -> list[str]:
    return [Entry.objects.get(pk=entry.pk).status for entry in entries]


def counters(event) -> tuple[int, int, int]:
    """(claimed, offered, waiting) of the house."""
    house = Inventory.objects.get(pk=event.inventory_id)
    return house.claimed, house.offered, house.waiting


def edit(event, **changes):
    data = replace(input_of(event), **changes)
    return events.edit_event(
        event=event, data=data, version=event.version, by=owner_of(event.organizer), now=timezone.now()
    )


def types_of(event):
    return {one.name: one for one in event.types_for_sale()}


def two_types(**limits):
    types = [TicketTypeInput(name, capacity=capacity) for name, capacity in limits.items()]
    return make_event(capacity=6, ticket_types=types)
