"""Join and leave a line."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from core.errors import Invalid
from core.live import marks as live
from events.models import Event, Movement, TicketType
from outbox.operations import announce
from waitlist.errors import AlreadyInLine, LineClosed, NotInLine, NotSoldOut, PaidPlace
from waitlist.facts import offer_ended, place_ended, waitlist_joined
from waitlist.models import LONGEST_REASON, MOST_LEAD_HOURS, Entry
from waitlist.operations.handover import announce_offers, hand_over, reserve
from waitlist.operations.line import Line

HOW = {
    Entry.Status.PASSED: Movement.Reason.PASSED,
    Entry.Status.LAPSED: Movement.Reason.LAPSED,
}
ENDED_BY_OTHERS = (Entry.Status.ENDED, Entry.Status.REMOVED)

Check = Callable[[UUID, UUID], None]
_checks: list[Check] = []


def before_joining(check: Check) -> Check:
    """Register what an app above has to say against a customer (second) joining an event's line (first): it raises."""
    _checks.append(check)
    return check


@transaction.atomic
def join(
    *,
    event_id: UUID,
    customer_id: UUID,
    quantity: int,
    now: datetime,
    ticket_type_id: UUID | None = None,
    lead_hours: int = 0,
) -> Entry:
    """Stand in line for so many seats of a ticket type, or of any.

    Where seats can be filled from behind, the party may be offered its seats at once. Raises Invalid, LineClosed,
    AlreadyInLine, NotSoldOut, or what is registered `before_joining`.
    """
    line = Line(event_id, now)
    ticket_type = _chosen(line, ticket_type_id)
    entry = Entry(
        event=line.event,
        ticket_type=ticket_type,
        customer_id=customer_id,
        quantity=quantity,
        lead_hours=lead_hours,
        joined_at=now,
    )
    _check(line, entry)
    if there := Entry.objects.live().filter(event=event_id, customer=customer_id).first():
        raise AlreadyInLine("You have a place in this line already.", entry=str(there.pk))
    for check in _checks:
        check(event_id, customer_id)
    _refuse_where_there_are_seats(line, entry)
    last = Entry.objects.filter(event=event_id, number__gt=0).aggregate(last=Max("number"))["last"]
    entry.number = 1 + (last or 0)
    _stand(line, entry)
    line.save()
    announce(waitlist_joined, entry_id=entry.pk)
    return entry


def leave(*, entry: Entry, now: datetime) -> Entry:
    """Give up one's place, and with it whatever is offered. Raises NotInLine, or PaidPlace where money would have to
    come back as well."""
    refuse_if_paid(entry)
    return end(entry=entry, to=Entry.Status.LEFT, now=now)


@transaction.atomic
def remove(*, entry: Entry, by: User, reason: str, now: datetime) -> Entry:
    """Take somebody out of the line, for a reason. Raises NotAllowed, Invalid or NotInLine."""
    require(by, Permission.EDIT_EVENTS, entry.event.organizer_id)
    reason = checked_reason(reason)
    entry = end(entry=entry, to=Entry.Status.REMOVED, now=now, by=by, reason=reason)
    record(entry, What.LINE_REMOVED, by, reason, now)
    return entry


def record(entry: Entry, what: What, by: User, reason: str, now: datetime) -> None:
    """Write down what somebody of the team did to a place in line, and why."""
    event = entry.event
    trail.record(
        team_id=event.organizer_id, by=by, what=what, subject=entry, label=entry.label,
        new={"Party of": entry.quantity, "Reason": reason}, event_id=event.pk, person=entry.customer, now=now,
    )  # fmt: skip


@transaction.atomic
def end(*, entry: Entry, to: Entry.Status, now: datetime, **noted: object) -> Entry:
    """End a live place: its seats, if some are offered, go to the next in line. Raises NotInLine."""
    line = Line(entry.event_id, now)
    entry = Entry.objects.get(pk=entry.pk)
    entry.event = line.event
    if not entry.is_live():
        raise NotInLine(f"This place in line is over: {entry.get_status_display().lower()}.")
    end_in(line, entry, to, **noted)
    line.save()
    return entry


def end_in(line: Line, entry: Entry, to: Entry.Status, **noted: object) -> None:
    """`end` for a place that is known to be live, in a line that is held."""
    hand_over(line, close(line, entry, to, **noted))


def close(line: Line, entry: Entry, to: Entry.Status, **noted: object) -> list[int]:
    """`end_in` without handing anything over: the limits at which there may be seats for others now."""
    if entry.status == Entry.Status.OFFERED:
        seats = line.needs(entry, line.type(entry.offered_type_id))
        line.move(seats, offered=-1)
        line.record(seats, HOW.get(to, Movement.Reason.WITHDRAWN), entry, sign=-1)
        freed = list(seats)
        announce(offer_ended, entry_id=entry.pk, how=to.value)
    else:
        freed = entry.waits_at
    entry.status, entry.waits_at, entry.ended_at = to, [], line.now
    for name, value in noted.items():
        setattr(entry, name, value)
    entry.save(update_fields=["status", "waits_at", "ended_at", *noted])
    if to in ENDED_BY_OTHERS or (entry.is_paid and to == Entry.Status.LAPSED):
        announce(place_ended, entry_id=entry.pk)
    live.tell(entry.customer_id, "place", entry.pk)
    return freed


def refuse_if_paid(entry: Entry) -> None:
    """Whose seats are paid does not walk away from them: a refund ends that place."""
    if entry.is_paid:
        raise PaidPlace("These seats are paid for. Ask for your money back instead.", booking=str(entry.for_booking))


def checked_reason(reason: str) -> str:
    """Why somebody is treated otherwise than the line has it. Raises Invalid."""
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": ["Say why, in 3 to 200 characters: it stays in the record."]})
    return reason


def _chosen(line: Line, ticket_type_id: UUID | None) -> TicketType | None:
    if ticket_type_id is None:
        return None
    for ticket_type in line.types:
        if ticket_type.pk == ticket_type_id and ticket_type.retired_at is None and not ticket_type.hidden:
            return ticket_type
    raise Invalid({"ticket_type": ["This event has no such ticket type."]})


def _check(line: Line, entry: Entry) -> None:
    """Whether there is anything to wait for."""
    event = line.event
    if event.status == Event.Status.DRAFT or not event.is_selling() or event.is_over(line.now):
        raise LineClosed(f"{event.title} sells no tickets.")
    if not 0 <= entry.lead_hours <= MOST_LEAD_HOURS:
        raise Invalid({"lead_time_hours": [f"From 0 to {MOST_LEAD_HOURS} hours."]})
    if entry.last_moment <= line.now:
        raise LineClosed("That is too late: no seats would be offered any more.")
    on_sale = [one for one in line.types if one.on_sale(line.now) and entry.ticket_type_id in (None, one.pk)]
    if not on_sale:
        raise LineClosed("These tickets are not on sale.")
    least, most = _party_sizes(event, on_sale)
    if not least <= entry.quantity <= most or not line.choices(entry):
        raise Invalid({"quantity": [f"From {least} to {most} here, not {entry.quantity}."]})


def _party_sizes(event: Event, types: list[TicketType]) -> tuple[int, int]:
    least = min(one.min_per_booking for one in types)
    most = max(one.max_per_booking for one in types)
    return least, min(most, event.max_per_person or most)


def _refuse_where_there_are_seats(line: Line, entry: Entry) -> None:
    """Who can book need not wait."""
    for ticket_type in line.choices(entry):
        left = min(line.limits[limit].free for limit in line.limits_of(ticket_type))
        if left >= entry.quantity:
            raise NotSoldOut(f"{ticket_type.name}: {left} left. Book them instead of waiting.", available=left)


def _stand(line: Line, entry: Entry) -> None:
    """At the end of the line; or past it, where nobody in front can use what is there."""
    if line.is_strict:
        line.block_where_somebody_waits()
    ticket_type, waits_at = line.fit(entry)
    if ticket_type:
        reserve(line, entry, ticket_type)
    entry.waits_at = sorted(waits_at)
    entry.save(force_insert=True)
    line.count(waits_at, waiting=1)
    announce_offers([entry] if ticket_type else [])
