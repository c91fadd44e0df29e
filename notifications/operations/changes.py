"""Gather what an organiser changes about an event, so that people hear of it once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from events.models import Event
from notifications.facts import mailing_due
from notifications.models import Mailing
from outbox.operations import announce_many

# Long enough to put a typing error right before anybody has read it.
PATIENCE = timedelta(minutes=2)
# A page may be some minutes old when somebody books by it.
READING = timedelta(minutes=5)

State = dict[str, str]  # as `events.operations.describe` has it


@transaction.atomic
def gather_change(*, event_id: UUID, at: datetime, before: State, after: State, now: datetime) -> None:
    """Have those who go to an event told of a change, together with those that wait to be told already.

    A new date set while an event is postponed is told once it is on again.
    """
    # One change of an event at a time; `work_off` and this take turns by the mailing's own lock.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event_id)
    mailing = Mailing.objects.of_changes().waiting().filter(event=event_id).select_for_update().first()
    if mailing is None:
        mailing = Mailing(event_id=event_id, created_at=now, data={"changes": []})
        mailing.key = f"change:{mailing.pk}"
    change = {"at": at.isoformat(), "before": before, "after": after}
    # Two workers may bring two changes in the wrong order.
    mailing.data["changes"] = sorted([*mailing.data["changes"], change], key=_moment)
    first, last = mailing.data["changes"][0]["before"], mailing.data["changes"][-1]["after"]
    postponed = last["status"] == Event.Status.POSTPONED
    newly = postponed and first["status"] != Event.Status.POSTPONED
    mailing.kind = "event_postponed" if newly else "event_changed"
    mailing.due_at = None if postponed and not newly else now + PATIENCE
    mailing.save()
    if mailing.due_at:
        announce_many(mailing_due, [{"mailing_id": mailing.pk}], at=[mailing.due_at])


@transaction.atomic
def call_off(*, event_id: UUID, now: datetime) -> None:
    """Nothing more is said about an event that is cancelled, but that."""
    waiting = Mailing.objects.waiting().filter(event=event_id)
    waiting.update(finished_at=now, dropped="The event is cancelled.")


def known(mailing: Mailing, since: datetime) -> State | None:
    """How an event was for somebody who booked at a moment; None when nothing has changed from then on."""
    for change in mailing.data["changes"]:
        if _moment(change) + READING >= since:
            return change["before"]
    return None


def _moment(change: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(change["at"])
