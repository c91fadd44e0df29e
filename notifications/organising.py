"""What organisers see of the messages to those who go to an event. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from bookings.models import Booking
from core.moments import in_words
from events.models import Event
from notifications.kinds import KINDS
from notifications.models import Mailing, Notice

MOST = 10


@dataclass(frozen=True)
class Told:
    """One message to many: what it says, how it stands (tone and word of a badge), and that in a sentence."""

    what: str
    badge: tuple[str, str]
    words: str


def messages_about(event: Event) -> list[Told]:
    """What is still to be said comes first, then the newest. One query; for a cancelled event two."""
    cancelled = [_of_cancellation(event)] if event.status == Event.Status.CANCELLED else []
    mailings = Mailing.objects.filter(event=event).order_by(F("finished_at").desc(nulls_first=True), "-id")[:MOST]
    return cancelled + [Told(KINDS[one.kind].label, *_standing(one, event)) for one in mailings]


def _standing(mailing: Mailing, event: Event) -> tuple[tuple[str, str], str]:
    if mailing.finished_at and mailing.dropped:
        had = f" {people(mailing.told)} had been told." if mailing.told else ""
        return ("warn" if mailing.told else "", "Stopped" if mailing.told else "Not sent"), mailing.dropped + had
    if mailing.finished_at and mailing.told:
        return ("ok", "Done"), f"{people(mailing.told)} told, {_at(mailing.finished_at, event)}."
    if mailing.finished_at:
        return ("", "Done"), "There was nobody to tell."
    if mailing.began_at:
        return ("info", "Under way"), f"{mailing.told:,} of {people(mailing.people)} told so far."
    if mailing.due_at is None:
        return ("info", "Waiting"), "Goes out once the event is back on sale."
    return ("info", "Waiting"), f"Goes out at {_at(mailing.due_at, event)}, with what you change until then."


def _of_cancellation(event: Event) -> Told:
    """Told with each booking that is cancelled, not by a mailing."""
    booked = Booking.objects.filter(event=event).values("pk")
    told = Notice.objects.filter(kind="event_cancelled", about__in=booked).values("recipient").distinct().count()
    words = f"{people(told)} told." if told else "Nobody told so far."
    return Told(KINDS["event_cancelled"].label, ("ok" if told else "", "Done"), words)


def people(number: int) -> str:
    """'1 person', '1,200 people'."""
    return "1 person" if number == 1 else f"{number:,} people"


def _at(moment: datetime, event: Event) -> str:
    return in_words(moment.astimezone(event.zone))
