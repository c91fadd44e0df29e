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
    event = Event.objects.select_for_update(no_key=True).only("status").get(pk=event_id)
    if event.status == Event.Status.CANCELLED:
        return
    waiting = Mailing.objects.of_changes().waiting().filter(event=event_id).select_for_update().first()
    mailing = waiting or _new_mailing(event, now)
    if waiting is None and _is_postponed(before):
        before = _as_told(event, before)
    _add(mailing, {"at": at.isoformat(), "before": before, "after": after}, now)
    mailing.save()
    if mailing.due_at:
        announce_many(mailing_due, [{"mailing_id": mailing.pk}], at=[mailing.due_at])


def _new_mailing(event: Event, now: datetime) -> Mailing:
    mailing = Mailing(event=event, created_at=now, data={"changes": []})
    mailing.key = f"change:{mailing.pk}"
    return mailing


def _as_told(event: Event, before: State) -> State:
    """Of a postponed event people know the plan from before: what it has got meanwhile is not told with that."""
    told = Mailing.objects.filter(event=event, kind="event_postponed", began_at__isnull=False).order_by("-began_at")
    last = told.first()
    return {**last.data["changes"][0]["before"], "status": before["status"]} if last else before


def _add(mailing: Mailing, change: dict[str, Any], now: datetime) -> None:
    """What all its changes come to decides its kind, and whether it waits for minutes or for the event to be on."""
    # Two workers may bring two changes in the wrong order.
    changes = sorted([*mailing.data["changes"], change], key=_moment)
    mailing.data["changes"] = changes
    was, is_now = _is_postponed(changes[0]["before"]), _is_postponed(changes[-1]["after"])
    mailing.kind = "event_postponed" if is_now and not was else "event_changed"
    mailing.due_at = None if is_now and was else now + PATIENCE


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


def _is_postponed(state: State) -> bool:
    return state["status"] == Event.Status.POSTPONED


def _moment(change: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(change["at"])
