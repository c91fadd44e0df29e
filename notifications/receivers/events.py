"""What guests are told of events that change, and the work of telling many."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core.facts import on
from events.facts import event_cancelled, event_changed
from notifications import operations
from notifications.facts import mailing_due


@on(event_changed)
def gather(*, event_id: str, at: str, before: dict[str, str], after: dict[str, str]) -> None:
    moment = datetime.fromisoformat(at)
    operations.gather_change(event_id=UUID(event_id), at=moment, before=before, after=after, now=timezone.now())


@on(event_cancelled)
def say_nothing_else(*, event_id: str) -> None:
    operations.call_off(event_id=UUID(event_id), now=timezone.now())


@on(mailing_due)
def go_on(*, mailing_id: str) -> None:
    operations.work_off(mailing_id=UUID(mailing_id), now=timezone.now())
