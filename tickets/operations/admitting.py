"""Let people in: once each, whoever scans whatever at the same moment.

A ticket is checked in by one conditional UPDATE, so of any number of scans one is welcome. Its booking is locked for
that time: cancelling locks it too, so a ticket is either cancelled, and refused here, or checked in, and not cancelled
any more.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.permissions import Permission, may, require, teams_where
from bookings.models import Booking, BookingLine
from core.errors import NotAllowed
from core.live import marks as live
from events.models import Event
from tickets.errors import ScanReused
from tickets.live import door_subject
from tickets.models import LONGEST_GATE, LONGEST_SAID, Scan, Ticket
from tickets.operations.finding import verify

Result = Scan.Result


@dataclass(frozen=True)
class Admission:
    """What the door is told. `ticket` has what `for_door` fetches, and is None for what is no ticket of ours.

    `arrived` of the booking's `party` are in. `again`: this scan was decided before, and this is its answer.
    """

    scan: Scan
    ticket: Ticket | None
    arrived: int = 0
    party: int = 0
    again: bool = False

    @property
    def result(self) -> Result:
        return Result(self.scan.result)


@dataclass(frozen=True)
class _Attempt:
    """Somebody at a door, with something in their hand."""

    ticket: Ticket | None
    event: Event | None
    by: User
    gate: str
    now: datetime
    key: UUID | None
    said: str = ""
    by_hand: bool = False


def check_in(
    *, text: str, event: Event | None, by: User, now: datetime, gate: str = "", key: UUID | None = None
) -> Admission:
    """Let in whom a code names, if it is good here and now. Every answer is recorded as a `Scan`.

    `text` is what was scanned or typed. Without an `event` it is the ticket's own, if `by` may check in there. A `key`
    that `by` has used is answered as it was. Raises NotAllowed, and ScanReused for a key that was for something else.
    """
    ticket = verify(text=text)
    if event is None and ticket and may(by, Permission.CHECK_IN, ticket.booking.event.organizer_id):
        event = ticket.booking.event
    elif event is not None:
        require(by, Permission.CHECK_IN, event.organizer_id)
    elif not teams_where(by, Permission.CHECK_IN).exists():
        raise NotAllowed("You don't check guests in for any team.")
    said = "" if ticket else _harmless(text)
    return _decided(_Attempt(ticket, event, by, gate[:LONGEST_GATE], now, key, said))


def check_in_ticket(*, ticket: Ticket, by: User, now: datetime, gate: str = "", key: UUID | None = None) -> Admission:
    """The same for a ticket that was found by its name, or in a list. Needs what `for_door` fetches."""
    event = ticket.booking.event
    require(by, Permission.CHECK_IN, event.organizer_id)
    return _decided(_Attempt(ticket, event, by, gate[:LONGEST_GATE], now, key, by_hand=True))


def _decided(attempt: _Attempt) -> Admission:
    """Once more if the same scan arrived twice at the same moment: the other one's answer is there by then."""
    try:
        return _decide(attempt)
    except IntegrityError:
        return _decide(attempt)


@transaction.atomic
def _decide(attempt: _Attempt) -> Admission:
    ticket, event = attempt.ticket, attempt.event
    here = ticket is not None and event is not None and ticket.booking.event_id == event.pk
    if ticket and here:
        _lock(ticket)
    if attempt.key and (earlier := _earlier(attempt)):
        return _answer(earlier, ticket, again=True)
    if ticket is None:
        result = Result.NOT_VALID
    elif not here:
        result = Result.WRONG_EVENT
    else:
        result = _admit(ticket, attempt)
    scan = _record(attempt, result)
    if result == Result.WELCOME and ticket:
        _tell(ticket)
    return _answer(scan, ticket)


def _lock(ticket: Ticket) -> None:
    """Hold the booking, and look again at what decides."""
    booking = Booking.objects.select_for_update(of=("self",), no_key=True).only("status", "quantity")
    fresh = booking.get(pk=ticket.booking_id)
    ticket.booking.status, ticket.booking.quantity = fresh.status, fresh.quantity
    ticket.line.cancelled_numbers = BookingLine.objects.values_list("cancelled_numbers", flat=True).get(
        pk=ticket.line_id
    )


def _admit(ticket: Ticket, attempt: _Attempt) -> Result:
    """For a ticket of this event, whose booking is locked."""
    status = ticket.booking.event.status
    if status == Event.Status.CANCELLED or ticket.status == "cancelled":
        return Result.CANCELLED
    if status == Event.Status.POSTPONED:
        return Result.NOT_VALID  # without dates there is no door; with new ones it is published again
    new = {"checked_in_at": attempt.now, "checked_in_by": attempt.by, "gate": attempt.gate}
    if not Ticket.objects.filter(pk=ticket.pk, checked_in_at__isnull=True).update(**new):
        return Result.ALREADY_IN
    return Result.WELCOME


def _record(attempt: _Attempt, result: Result) -> Scan:
    return Scan.objects.create(
        event=attempt.event,
        # Whose ticket of somebody else's it is, is not this door's to know.
        ticket=attempt.ticket if attempt.event else None,
        result=result,
        by=attempt.by,
        at=attempt.now,
        gate=attempt.gate,
        by_hand=attempt.by_hand,
        said=attempt.said,
        key=attempt.key,
    )


def _earlier(attempt: _Attempt) -> Scan | None:
    """The scan that has this key. Raises ScanReused when it was for something else."""
    scan = Scan.objects.filter(by=attempt.by, key=attempt.key).select_related("event").first()
    if scan is None:
        return None
    same_event = scan.event_id == (attempt.event.pk if attempt.event else None)
    ticket_id = attempt.ticket.pk if attempt.ticket and attempt.event else None
    if not same_event or scan.ticket_id != ticket_id or scan.said != attempt.said:
        raise ScanReused("Another code was sent with this scan's id. Give every scan an id of its own.")
    return scan


def _answer(scan: Scan, ticket: Ticket | None, *, again: bool = False) -> Admission:
    if ticket is None or scan.result == Result.WRONG_EVENT:
        return Admission(scan, ticket, again=again)
    fresh = Ticket.objects.for_door().get(pk=ticket.pk)
    arrived = (
        Ticket.objects.checked_in().filter(booking_id=fresh.booking_id).count() if fresh.booking.quantity > 1 else 0
    )
    return Admission(scan, fresh, arrived, fresh.booking.quantity, again)


def _tell(ticket: Ticket) -> None:
    live.tell(ticket.booking.customer_id, "ticket", ticket.pk)
    live.stirred(door_subject(ticket.booking.event_id))


def _harmless(text: str) -> str:
    """So much of it that a person can tell what it was."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:LONGEST_SAID])
