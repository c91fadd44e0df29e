"""Doors for tests: an event with people who may stand at it, and tickets for it."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, User
from events.models import Event
from tests.factories import make_booking, make_event, make_team, make_user
from tickets import codes, operations
from tickets.models import Ticket
from tickets.operations import Admission


def make_door_staff(event: Event, name: str = "Rui") -> User:
    """Somebody who may check guests of this event's team in, and nothing else."""
    user = make_user(name)
    Membership.objects.create(team=event.organizer, user=user, role=Membership.Role.DOOR)
    return user


def make_door(**changes) -> tuple[Event, User]:
    """A published event, and somebody at its door."""
    event = make_event(make_team(), **changes)
    return event, make_door_staff(event)


def make_tickets(event: Event, quantity: int = 1, customer: User | None = None) -> list[Ticket]:
    """Of a new booking."""
    return operations.issued(booking=make_booking(event, customer, quantity))


def scan(
    ticket: Ticket, by: User, event: Event | None = None, *, at: datetime | None = None, key: UUID | None = None
) -> Admission:
    """Its signed code at the door of its own event, or of another one."""
    event = event or ticket.booking.event
    return operations.check_in(text=codes.sign(ticket), event=event, by=by, now=at or timezone.now(), key=key)


def scanner(ticket: Ticket, by: User):
    """The same as something to race with."""
    return partial(
        operations.check_in, text=codes.sign(ticket), event=ticket.booking.event, by=by, now=timezone.now(), gate="A"
    )
