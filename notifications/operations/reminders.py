"""Remind people of what they booked: found by the clock anew each minute, so that nothing scheduled can be stale."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from events.models import Event
from notifications.facts import mailing_due
from notifications.models import Mailing
from outbox.operations import announce_many


@dataclass(frozen=True)
class Reminder:
    """`moment` is when it is due; it makes sense for events that start in more than `least`, and is due for none that
    start later than `most` from now."""

    kind: str
    moment: Callable[[Event], datetime]
    least: timedelta
    most: timedelta


def day_before(event: Event) -> datetime:
    """The same time by the event's clock on the day before; when clocks change that is 23 or 25 hours."""
    return (event.local_start - timedelta(days=1)).astimezone(UTC)


def hours_before(event: Event) -> datetime:
    return event.starts_at - timedelta(hours=2)


REMINDERS = [
    Reminder("reminder_day", day_before, least=timedelta(hours=12), most=timedelta(hours=27)),
    Reminder("reminder_hours", hours_before, least=timedelta(0), most=timedelta(hours=2)),
]


def begin_reminders(*, now: datetime) -> int:
    """Begin the mailings whose moment has come: one for each event, kind and day on which the event starts. So a
    reminder comes once, and again only when the event moves to another day. Returns how many were begun.

    Three statements while there is nothing to begin.
    """
    due = [_mailing(reminder, event, now) for reminder in REMINDERS for event in _due(reminder, now)]
    keys = [mailing.key for mailing in due]
    begun = set(Mailing.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [mailing for mailing in due if mailing.key not in begun]
    if fresh:
        _begin(fresh)
    return len(fresh)


def _due(reminder: Reminder, now: datetime) -> list[Event]:
    """By the index of starts. Those of a change are to hear of it first."""
    changing = Mailing.objects.of_changes().waiting().filter(event=OuterRef("pk"))
    events = Event.objects.filter(
        ~Exists(changing),
        status=Event.Status.PUBLISHED,
        starts_at__gt=now + reminder.least,
        starts_at__lte=now + reminder.most,
    )
    return [event for event in events.only("starts_at", "timezone") if reminder.moment(event) <= now]


def _mailing(reminder: Reminder, event: Event, now: datetime) -> Mailing:
    day = event.local_start.date().isoformat()
    return Mailing(
        event=event,
        kind=reminder.kind,
        key=f"{reminder.kind}:{event.pk}:{day}",
        data={"day": day},
        created_at=now,
        due_at=reminder.moment(event),
    )


@transaction.atomic
def _begin(mailings: list[Mailing]) -> None:
    """What another beat begins at the same moment is announced here for nothing: there is no such mailing."""
    Mailing.objects.bulk_create(mailings, ignore_conflicts=True)
    announce_many(mailing_due, [{"mailing_id": mailing.pk} for mailing in mailings])
