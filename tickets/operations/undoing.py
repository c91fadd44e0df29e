"""Take a check-in back."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.models.change import What
from accounts.operations import trail
from accounts.permissions import Permission, require
from bookings.models import Booking
from core.live import marks as live
from core.moments import in_words
from tickets.errors import NotCheckedIn
from tickets.live import door_subject
from tickets.models import LONGEST_GATE, Scan, Ticket


@transaction.atomic
def undo_check_in(*, ticket: Ticket, by: User, now: datetime, gate: str = "") -> Scan:
    """Let a ticket be used again, as if it had not been scanned; that it was stays on record. For managers.

    Needs what `for_door` fetches. Raises NotAllowed, or NotCheckedIn.
    """
    event = ticket.booking.event
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    Booking.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=ticket.booking_id)
    undone = Ticket.objects.checked_in().filter(pk=ticket.pk)
    if not undone.update(checked_in_at=None, checked_in_by=None, gate=""):
        raise NotCheckedIn("This ticket is not checked in, or no longer is.")
    trail.record(
        team_id=event.organizer_id,
        by=by,
        what=What.CHECK_IN_UNDONE,
        subject=ticket,
        label=f"{ticket.holder_name}, {ticket.line.ticket_type.name} ({ticket.booking.reference})",
        old={"Came in": _when(ticket)},
        event_id=event.pk,
        person=ticket.booking.customer,
        now=now,
    )
    live.tell(ticket.booking.customer_id, "ticket", ticket.pk)
    live.stirred(door_subject(event.pk))
    return Scan.objects.create(
        event=event, ticket=ticket, result=Scan.Result.UNDONE, by=by, at=now, gate=gate[:LONGEST_GATE], by_hand=True
    )


def _when(ticket: Ticket) -> str:
    at = ticket.local_checked_in
    gate = f", gate {ticket.gate}" if ticket.gate else ""
    return f"{in_words(at)}{gate}" if at else ""
