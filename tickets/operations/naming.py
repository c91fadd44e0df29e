"""Change who a ticket is for. Its code names the ticket and nobody, so it stays as good as it was."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.models.change import What
from accounts.operations import trail
from accounts.permissions import Permission, require
from bookings.models import Booking
from core.errors import Invalid, NotAllowed
from core.live import marks as live
from core.text import ONE_LINE, is_one_line
from tickets.errors import TooLateToRename
from tickets.models import Ticket

LONGEST_NAME = 120


@transaction.atomic
def name_holders(*, booking: Booking, names: Mapping[UUID, str], by: User, now: datetime) -> int:
    """Put these names on tickets of a booking; returns how many are new.

    Its customer may until the event begins, and people of the team who edit the event at any time. Only tickets that
    admit somebody are renamed. Raises NotAllowed, TooLateToRename, or Invalid with `name_<id>` for what is no name.
    """
    locked = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("event")
    booking = locked.get(pk=booking.pk)
    if by.pk != booking.customer_id:
        require(by, Permission.EDIT_EVENTS, booking.event.organizer_id)
    elif now >= booking.event.starts_at:
        raise TooLateToRename("Names can be changed until the event begins. At the door, its staff can help.")
    tickets = {one.pk: one for one in Ticket.objects.filter(booking=booking).with_all().in_order()}
    _check(names, tickets)
    changed = [(ticket, names[pk].strip()) for pk, ticket in tickets.items() if pk in names]
    changed = [(ticket, name) for ticket, name in changed if name != ticket.holder_name]
    _refuse_used(changed)
    for ticket, name in changed:
        Ticket.objects.filter(pk=ticket.pk).update(holder_name=name)
        live.tell(booking.customer_id, "ticket", ticket.pk)
    if changed:
        _record(booking, changed, by, now)
    return len(changed)


def name_stays(ticket: Ticket) -> str:
    """Why one that is used or cancelled is not renamed. Needs `line` and its ticket type fetched."""
    which = f"{ticket.line.ticket_type.name}, no. {ticket.number}"
    return f"The ticket of {ticket.holder_name} ({which}) is {ticket.status}: its name stays."


def _check(names: Mapping[UUID, str], tickets: Mapping[UUID, Ticket]) -> None:
    errors = {}
    if not names.keys() <= tickets.keys():
        raise NotAllowed("One of these tickets is of another booking.")
    for pk, name in names.items():
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            errors[f"name_{pk}"] = [f"From 1 to {LONGEST_NAME} characters."]
        elif not is_one_line(name.strip()):
            errors[f"name_{pk}"] = [ONE_LINE]
    if errors:
        raise Invalid(errors)


def _refuse_used(changed: list[tuple[Ticket, str]]) -> None:
    """A name that stood on it when somebody came in stays as it was."""
    for ticket, _ in changed:
        if ticket.status != "valid":
            raise TooLateToRename(name_stays(ticket))


def _record(booking: Booking, changed: list[tuple[Ticket, str]], by: User, now: datetime) -> None:
    called = [(f"{ticket.line.ticket_type.name}, no. {ticket.number}", ticket, name) for ticket, name in changed]
    trail.record(
        team_id=booking.event.organizer_id,
        event_id=booking.event_id,
        by=by,
        what=What.HOLDER_CHANGED,
        subject=booking,
        label=booking.reference,
        person=booking.customer,
        old={what: ticket.holder_name for what, ticket, _ in called},
        new={what: name for what, _, name in called},
        now=now,
    )
