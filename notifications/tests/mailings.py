"""Events that are changed as an organiser does it, and mailings that are worked off."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from events import operations as events
from events.models import Event
from events.operations import input_of
from notifications import operations
from notifications.models import Mailing
from outbox.tasks import deliver_due
from tests.factories import owner_of


def edit(event: Event, *, now: datetime | None = None, **changes: Any) -> Event:
    """Saved by the organiser, and heard of."""
    event.refresh_from_db()
    events.edit_event(
        event=event,
        data=replace(input_of(event), **changes),
        version=event.version,
        by=owner_of(event.organizer),
        now=now or timezone.now(),
    )
    deliver_due()
    return Event.objects.get(pk=event.pk)


def postpone(event: Event) -> Event:
    return _move(events.postpone_event, event)


def publish(event: Event) -> Event:
    return _move(events.publish_event, event)


def cancel(event: Event) -> Event:
    return _move(events.cancel_event, event)


def _move(operation, event: Event) -> Event:
    event.refresh_from_db()
    operation(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    deliver_due()
    return Event.objects.get(pk=event.pk)


def moved(event: Event, by: timedelta) -> dict[str, datetime]:
    """New dates for `edit`."""
    return {"starts_at": event.starts_at + by, "ends_at": event.ends_at + by}


def work_off(mailing: Mailing, *, now: datetime | None = None) -> Mailing:
    """All its steps, once it is due."""
    for _ in range(100):
        mailing = Mailing.objects.get(pk=mailing.pk)
        if mailing.finished_at or mailing.due_at is None:
            return mailing
        operations.work_off(mailing_id=mailing.pk, now=now or max(mailing.due_at, timezone.now()))
    raise AssertionError("It does not come to an end.")


def remind(now: datetime) -> list[Mailing]:
    """What begins at a moment, worked off at once."""
    before = set(Mailing.objects.values_list("pk", flat=True))
    operations.begin_reminders(now=now)
    return [work_off(mailing, now=now) for mailing in Mailing.objects.exclude(pk__in=before).order_by("key")]


def crowd(event: Event, number: int) -> list[User]:
    """So many people who have booked a seat each, written down at once; the event's counters don't know of them."""
    people = User.objects.bulk_create(User(email=f"guest{n}@example.org", name=f"Guest {n}") for n in range(number))
    common = {"event": event, "status": Booking.Status.CONFIRMED, "quantity": 1, "currency": event.currency}
    Booking.objects.bulk_create(Booking(customer=one, confirmed_at=timezone.now(), **common) for one in people)
    return people
