"""What becomes of an offer: accepted, passed, lapsed; or made out of order."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from accounts.models import User, What
from accounts.permissions import Permission, require
from core.live import marks as live
from events.models import Event, Movement
from waitlist.errors import LineClosed, NoOffer, NoSeatsToOffer, NotInLine, OfferLapsed
from waitlist.models import Entry
from waitlist.operations.handover import announce_offers, hand_over, reserve
from waitlist.operations.joining import checked_reason, end_in, record, refuse_if_paid
from waitlist.operations.line import Line

log = structlog.get_logger(__name__)


def take(*, entry: Entry, booking_id: UUID, now: datetime) -> Entry:
    """Turn an offer's reserved seats into claimed ones, for the booking that the caller makes in the same transaction.

    Raises NoOffer, OfferLapsed or LineClosed. Returns an entry that is accepted; `booking_id` is another one than
    asked for when it was accepted before.
    """
    line = Line(entry.event_id, now)
    entry = Entry.objects.get(pk=entry.pk)
    entry.event = line.event
    if entry.status == Entry.Status.ACCEPTED:
        return entry
    _check_takeable(line, entry)
    entry.offered_type = line.type(entry.offered_type_id)
    seats = line.needs(entry, entry.offered_type)
    line.move(seats, offered=-1, claimed=1)
    line.record(seats, Movement.Reason.ACCEPTED, entry, sign=1, booking_id=booking_id)
    entry.status, entry.ended_at, entry.booking_id = Entry.Status.ACCEPTED, now, booking_id
    entry.save(update_fields=["status", "ended_at", "booking_id"])
    live.tell(entry.customer_id, "place", entry.pk)
    line.save()
    return entry


def pass_up(*, entry: Entry, now: datetime) -> Entry:
    """Say no to an offer: its seats go to the next in line at once. Saying so twice is harmless. Raises NoOffer, or
    PaidPlace."""
    refuse_if_paid(entry)
    with transaction.atomic():
        line = Line(entry.event_id, now)
        entry = Entry.objects.get(pk=entry.pk)
        entry.event = line.event
        if entry.status == Entry.Status.PASSED:
            return entry
        if entry.status != Entry.Status.OFFERED:
            raise NoOffer(_no_offer(entry))
        end_in(line, entry, Entry.Status.PASSED)
        line.save()
        return entry


@transaction.atomic
def lapse(*, entry: Entry, now: datetime) -> bool:
    """End an offer whose time is up. False when it is not, or ended in another way."""
    line = Line(entry.event_id, now)
    due = Entry.objects.due(now).filter(pk=entry.pk).first()
    if due is None:
        return False
    due.event = line.event
    end_in(line, due, Entry.Status.LAPSED)
    line.save()
    return True


@transaction.atomic
def invite(*, entry: Entry, by: User, reason: str, now: datetime) -> Entry:
    """Offer seats that are free to somebody who is not next, for a reason that stays in the record.

    Raises NotAllowed, Invalid, NotInLine, LineClosed, or NoSeatsToOffer.
    """
    require(by, Permission.EDIT_EVENTS, entry.event.organizer_id)
    reason = checked_reason(reason)
    line = Line(entry.event_id, now)
    entry = Entry.objects.get(pk=entry.pk)
    entry.event = line.event
    if entry.status != Entry.Status.WAITING:
        raise NotInLine(f"This party does not wait any more: {entry.get_status_display().lower()}.")
    if not line.choices(entry):
        raise LineClosed("These tickets can't be offered to them any more.")
    ticket_type, short = line.fit(entry)
    if ticket_type is None:
        left = min(line.free(limit) for limit in short)
        raise NoSeatsToOffer(f"They are {entry.quantity}, and {left} seats are free.", available=left)
    freed = list(entry.waits_at)
    reserve(line, entry, ticket_type)
    entry.by, entry.reason = by, reason
    entry.save()
    announce_offers([entry])
    hand_over(line, freed)
    line.save()
    record(entry, What.LINE_INVITED, by, reason, now)
    return entry


def lapse_due(*, now: datetime, limit: int = 500) -> int:
    """End the offers whose time is up, each in its own transaction. Returns how many."""
    return sum(lapse(entry=entry, now=now) for entry in Entry.objects.due(now)[:limit])


def _check_takeable(line: Line, entry: Entry) -> None:
    if entry.status == Entry.Status.LAPSED:
        raise OfferLapsed(_no_offer(entry))
    if entry.status != Entry.Status.OFFERED:
        raise NoOffer(_no_offer(entry))
    if not entry.has_offer(line.now):
        raise OfferLapsed("The time for this offer is up.")
    if line.event.status not in (Event.Status.PUBLISHED, Event.Status.POSTPONED) or line.event.is_over(line.now):
        raise LineClosed(f"{line.event.title} sells no tickets any more.")


def _no_offer(entry: Entry) -> str:
    words = {
        Entry.Status.WAITING: "No seats are reserved for you yet: you are still in line.",
        Entry.Status.LAPSED: "The time for this offer is up, and its seats went to the next in line.",
        Entry.Status.ACCEPTED: "You have accepted this offer already.",
        Entry.Status.PASSED: "You have passed on this offer.",
    }
    return words.get(Entry.Status(entry.status), f"This place in line is over: {entry.get_status_display().lower()}.")
