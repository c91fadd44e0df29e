"""End many places at once: however many they are, in a few statements, because the event's house is locked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from outbox.operations import announce_many
from waitlist.facts import place_ended
from waitlist.models import Entry, EntryQuerySet
from waitlist.operations.handover import hand_over
from waitlist.operations.joining import end, end_in
from waitlist.operations.line import Line


def end_late(*, now: datetime) -> int:
    """End the places of those for whom it is too late, event by event. Returns how many."""
    events = Entry.objects.too_late(now).order_by().values_list("event", flat=True).distinct()
    return sum(_end_late(event_id, now) for event_id in list(events))


@transaction.atomic
def end_line(*, event_id: UUID, now: datetime) -> None:
    """Nobody waits for an event that does not take place; what is offered is withdrawn."""
    line = Line(event_id, now)
    _end_waiting(Entry.objects.waiting().filter(event=event_id), now)
    for entry in Entry.objects.offered().filter(event=event_id):
        entry.event = line.event
        end_in(line, entry, Entry.Status.ENDED)
    line.count_waiting()
    line.save()


@transaction.atomic
def forget_customer(*, customer_id: UUID, now: datetime) -> None:
    """What closing an account means here."""
    live = Entry.objects.live().filter(customer=customer_id).select_related("event")
    for entry in live.order_by("event__inventory_id"):
        end(entry=entry, to=Entry.Status.LEFT, now=now)


@transaction.atomic
def _end_late(event_id: UUID, now: datetime) -> int:
    line = Line(event_id, now)
    ended = _end_waiting(Entry.objects.too_late(now).filter(event=event_id), now)
    hand_over(line, list(line.limits))
    line.save()
    return ended


def _end_waiting(entries: EntryQuerySet, now: datetime) -> int:
    """Pages that are open learn of it as the line moves."""
    ids = list(entries.values_list("pk", flat=True))
    announce_many(place_ended, [{"entry_id": pk} for pk in ids])
    return Entry.objects.filter(pk__in=ids).update(status=Entry.Status.ENDED, waits_at=[], ended_at=now)
