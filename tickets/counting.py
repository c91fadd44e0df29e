"""How many are in, of how many. Reads only."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from bookings.models import Booking, BookingLine
from events.models import Event
from tickets.models import Ticket

CONFIRMED = Booking.Status.CONFIRMED


@dataclass(frozen=True)
class TypeAtDoor:
    """`arrived` of those who are `expected` with one kind of ticket."""

    id: UUID
    name: str
    arrived: int
    expected: int


@dataclass(frozen=True)
class AtDoor:
    """The same for the whole event: confirmed bookings alone, each seat of which is a ticket."""

    types: list[TypeAtDoor]

    @property
    def arrived(self) -> int:
        return sum(one.arrived for one in self.types)

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.types)


def at_door(event: Event) -> AtDoor:
    """Counted now, from tickets and bookings: two statements."""
    lines = BookingLine.objects.filter(booking__event=event, booking__status=CONFIRMED, quantity__gt=0)
    expected = lines.values("ticket_type", "ticket_type__name").annotate(seats=Sum("quantity"))
    tickets = Ticket.objects.checked_in().filter(booking__event=event, booking__status=CONFIRMED)
    arrived = dict(tickets.values_list("line__ticket_type").annotate(Count("pk")))
    rows = expected.order_by("ticket_type__position", "ticket_type")
    return AtDoor(
        [
            TypeAtDoor(row["ticket_type"], row["ticket_type__name"], arrived.get(row["ticket_type"], 0), row["seats"])
            for row in rows
        ]
    )
