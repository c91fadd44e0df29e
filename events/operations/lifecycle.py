"""Publish, postpone, cancel."""

from datetime import datetime

from django.db import transaction

from accounts.models import User, What
from accounts.permissions import Permission, require
from core.live import marks as live
from events.errors import EventOver, NotPublishable
from events.facts import event_cancelled
from events.models import Event, Inventory
from events.operations.editing import announce_change, describe, record, take_version
from events.seats import terms_changed
from outbox.operations import announce

Status = Event.Status


@transaction.atomic
def publish_event(*, event: Event, version: int, by: User, now: datetime) -> Event:
    """Put a draft, or a postponed event with its new dates, on sale. Raises NotPublishable with what is missing."""
    event = _take(event, version, by, {Status.DRAFT, Status.POSTPONED})
    missing = _missing(event, now)
    if missing:
        raise NotPublishable(f"Before it can be published: {'; '.join(missing)}.", missing=missing)
    was, before = event.status, describe(event)
    event.published_at = event.published_at or now
    event = _move(event, Status.PUBLISHED, now)
    record(event, What.EVENT_PUBLISHED, by, now)
    if was == Status.POSTPONED:
        announce_change(event, before, now)
    terms_changed(event.pk, now)  # while it was postponed, nobody was offered what came free
    return event


@transaction.atomic
def postpone_event(*, event: Event, version: int, by: User, now: datetime) -> Event:
    """Stop sales until there are new dates; bookings stay."""
    event = _take(event, version, by, {Status.PUBLISHED})
    before = describe(event)
    event = _move(event, Status.POSTPONED, now)
    record(event, What.EVENT_POSTPONED, by, now)
    announce_change(event, before, now)
    return event


@transaction.atomic
def cancel_event(*, event: Event, version: int, by: User, now: datetime) -> Event:
    """Call an event off. Its bookings are cancelled by a worker; from this commit on nobody can book."""
    event = _take(event, version, by, {Status.PUBLISHED, Status.POSTPONED})
    if event.is_over(now):
        raise EventOver("This event is over.")
    event = _move(event, Status.CANCELLED, now)
    record(event, What.EVENT_CANCELLED, by, now)
    announce(event_cancelled, event_id=event.pk)
    return event


def _take(event: Event, version: int, by: User, expected: set[Status]) -> Event:
    """The event, locked and at that version, if it is in one of these states and theirs to change."""
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    event = take_version(event, version)
    if event.status not in expected:
        raise EventOver(f"This event is {event.get_status_display().lower()} already.")
    return event


def _move(event: Event, status: Status, now: datetime) -> Event:
    event.status, event.updated_at = status, now
    event.save(update_fields=["status", "updated_at", "published_at"])
    Inventory.objects.new_terms(event.inventory_id)
    live.changed(event.pk)
    return event


def _missing(event: Event, now: datetime) -> list[str]:
    checks = {
        "add at least one ticket type": not event.types_for_sale().exists(),
        "say where it takes place, or give the online link": not (event.venue_id or event.online_url),
        "choose a start in the future": event.starts_at <= now,
    }
    return [sentence for sentence, wrong in checks.items() if wrong]
