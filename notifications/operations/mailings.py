"""Tell everybody who goes to an event, some people at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Booking
from events.models import Event
from notifications.facts import mailing_due
from notifications.models import Mailing
from notifications.operations.changes import known
from notifications.operations.telling import News, tell
from outbox.operations import announce, announce_many
from waitlist.models import Entry

TOGETHER = 200  # people told in one transaction: some tenths of a second, in which other facts wait


@transaction.atomic
def work_off(*, mailing_id: UUID, now: datetime) -> None:
    """Tell the next people, and have the rest told by another message.

    A step is told and noted in one transaction under the mailing's lock: whatever stops it, the next one begins where
    the last has ended. Before it is due, because it was put off or a clock was set back, it is only announced again.
    """
    mailing = Mailing.objects.select_for_update(of=("self",)).select_related("event").filter(pk=mailing_id).first()
    if mailing is None or mailing.finished_at or mailing.due_at is None:
        return
    if mailing.due_at > now:
        again = f"mailing:{mailing.pk}:{mailing.due_at.isoformat()}"
        announce_many(mailing_due, [{"mailing_id": mailing.pk}], dedupe_keys=[again], at=[mailing.due_at])
        return
    if why_not := _why_not(mailing, now):
        mailing.dropped, mailing.finished_at = why_not, now
    else:
        _tell_next(mailing, now)
    mailing.save()


def _tell_next(mailing: Mailing, now: datetime) -> None:
    if mailing.began_at is None:
        mailing.began_at, mailing.people = now, _people(mailing).count()
    people = list(_people(mailing).order_by("customer_id")[:TOGETHER])
    mailing.told += len(tell(list(_news(mailing, people)), now=now))
    if len(people) < TOGETHER:
        mailing.finished_at = now
    else:
        mailing.after = people[-1]
        announce(mailing_due, dedupe_key=f"mailing:{mailing.pk}:{mailing.after}", mailing_id=mailing.pk)


def _why_not(mailing: Mailing, now: datetime) -> str:
    """Why nobody (else) is told; empty where they are."""
    event = mailing.event
    if event.status == Event.Status.CANCELLED:
        return "The event is cancelled."
    if event.is_over(now):
        return "The event is over."
    if mailing.of_change:
        return ""
    if event.status != Event.Status.PUBLISHED:
        return "The event is postponed."
    if event.local_start.date().isoformat() != mailing.data["day"]:
        return "The event is on another day now."
    return "The event has begun." if event.starts_at <= now else ""


def _people(mailing: Mailing) -> QuerySet:
    """The ids of those concerned who are still to be told, each once: who has booked; of changes those in line hear
    too."""
    found = _those_left(mailing, _bookings(mailing))
    if not mailing.of_change:
        return found.distinct()
    return found.union(_those_left(mailing, Entry.objects.live().filter(event=mailing.event_id)))


def _those_left(mailing: Mailing, rows: QuerySet) -> QuerySet:
    people = rows.values_list("customer_id", flat=True)
    return people.filter(customer_id__gt=mailing.after) if mailing.after else people


def _bookings(mailing: Mailing) -> QuerySet[Booking]:
    """Of reminders, those who booked later than their moment have no need."""
    booked = Booking.objects.confirmed().filter(event=mailing.event_id)
    return booked if mailing.of_change else booked.filter(confirmed_at__lte=mailing.due_at)


def _news(mailing: Mailing, people: Sequence[UUID]) -> Iterator[News]:
    """One for each person, and for each other address that they gave with a booking."""
    booked: dict[UUID, dict[str, list[Booking]]] = defaultdict(lambda: defaultdict(list))
    for booking in _bookings(mailing).filter(customer__in=people).order_by("created_at", "id"):
        booked[booking.customer_id][booking.email].append(booking)
    for person, by_email in booked.items():
        for email, (first, *others) in by_email.items():
            yield _piece(mailing, person, first.pk, first.created_at, email, also=[str(one.pk) for one in others])
    if mailing.of_change:
        for entry in Entry.objects.live().filter(event=mailing.event_id, customer__in=set(people) - set(booked)):
            yield _piece(mailing, entry.customer_id, entry.pk, entry.joined_at)


def _piece(
    mailing: Mailing, person: UUID, about: UUID, since: datetime, email: str = "", *, also: Sequence[str] = ()
) -> News:
    """`also` are bookings of the same person that it is about if the first is cancelled meanwhile."""
    data: dict[str, Any] = {"old": known(mailing, since)} if mailing.of_change else dict(mailing.data)
    if also:
        data["also"] = list(also)
    until = mailing.event.ends_at if mailing.of_change else mailing.event.starts_at
    return News(mailing.kind, person, f"{mailing.pk}:{about}", about, data, email, expires_at=until)
