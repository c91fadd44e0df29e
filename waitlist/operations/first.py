"""The head of the line, for those whose money came when their seats were gone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from events.models import Event, TicketType
from waitlist.errors import AlreadyInLine, LineClosed
from waitlist.models import FIRST_NUMBER, Entry
from waitlist.operations.handover import hand_over
from waitlist.operations.joining import close, end
from waitlist.operations.line import Line


@transaction.atomic
def stand_first(
    *, event_id: UUID, customer_id: UUID, booking_id: UUID, parts: Sequence[tuple[UUID, int]], now: datetime
) -> Entry:
    """Wait before everybody else, behind those alone who came here earlier, for so many seats of these types together.

    A place that the customer has already is given up for this one. The seats may be reserved at once; `turn_came`
    is announced when they are. Doing so twice is harmless. Raises LineClosed, or AlreadyInLine for who waits first
    for another booking.
    """
    line = Line(event_id, now)
    theirs = Entry.objects.live().filter(event=event_id, customer=customer_id).first()
    if theirs and theirs.for_booking == booking_id:
        return theirs
    _check(line, [line.type(pk) for pk, _ in parts])
    if theirs:
        _give_up_for_another(line, theirs)
    entry = Entry.objects.create(
        event=line.event,
        customer_id=customer_id,
        number=_next_number(event_id),
        quantity=sum(quantity for _, quantity in parts),
        for_booking=booking_id,
        parts=[(str(pk), quantity) for pk, quantity in parts],
        waits_at=[line.house],
        joined_at=now,
    )
    hand_over(line, list(line.limits))
    line.save()
    return Entry.objects.get(pk=entry.pk)


def give_up(*, booking_id: UUID, now: datetime) -> bool:
    """End the place of a booking that is paid back instead. False when it has none."""
    entry = Entry.objects.live().filter(for_booking=booking_id).select_related("event").first()
    if entry is None:
        return False
    end(entry=entry, to=Entry.Status.LEFT, now=now)
    return True


def _check(line: Line, types: list[TicketType]) -> None:
    event = line.event
    open_to_all = event.status in (Event.Status.PUBLISHED, Event.Status.POSTPONED)
    if not open_to_all or event.starts_at <= line.now or any(one.retired_at for one in types):
        raise LineClosed(f"Nothing more can come free for {event.title}.")


def _give_up_for_another(line: Line, theirs: Entry) -> None:
    if theirs.is_paid:
        raise AlreadyInLine("You wait first in this line already, for another booking.", entry=str(theirs.pk))
    theirs.event = line.event
    close(line, theirs, Entry.Status.LEFT)


def _next_number(event_id: UUID) -> int:
    """Drawn under the lock of the event's house, as all numbers are."""
    first = Entry.objects.filter(event=event_id, number__lt=0)
    return 1 + (first.aggregate(last=Max("number"))["last"] or FIRST_NUMBER)
