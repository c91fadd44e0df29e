"""Take a check-in back."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission, require
from bookings.models import Booking
from core.live import marks as live
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
    live.tell(ticket.booking.customer_id, "ticket", ticket.pk)
    live.stirred(door_subject(event.pk))
    return Scan.objects.create(
        event=event, ticket=ticket, result=Scan.Result.UNDONE, by=by, at=now, gate=gate[:LONGEST_GATE], by_hand=True
    )
