"""What is said to those who wait in line."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from core import money
from events.models import Event, WaitlistOrder
from notifications.letter import Letter, Link, letter
from notifications.letters.bookings import UNREAD
from notifications.letters.wording import at, clock, counted, starts, titled, when, where
from notifications.models import Notice
from waitlist.models import Entry
from waitlist.offer_links import offer_url, pass_url

EventStatus = Event.Status
DON_T_FORWARD = "Whoever has these links can answer for you: please keep this mail to yourself."


def places(ids: Iterable[UUID]) -> dict[UUID, Entry]:
    """One statement, however many."""
    found = Entry.objects.with_all().select_related("event__organizer").defer(*UNREAD)
    return {entry.pk: entry for entry in found.filter(pk__in=list(ids))}


@letter("waitlist_joined", places)
def waitlist_joined(notice: Notice, entry: Entry) -> Letter | None:
    """Where they stand, and what happens next. Nothing for who was offered seats at once: they hear of those."""
    if entry.status != Entry.Status.WAITING:
        return None
    event = entry.event
    return Letter(
        title=titled(f"You are #{entry.position} in line for", event.title),
        line=_who_is_ahead(entry),
        link=Link("See your place", entry.get_absolute_url()),
        second=Link("Leave the line", f"{entry.get_absolute_url()}#leave"),
        topic=f"place:{entry.pk}",
        by=event.organizer.name,
        paragraphs=[_what_happens_next(entry), *_lead_time(entry)],
        facts=[
            ("Event", event.title),
            ("When", when(event)),
            *where(event),
            ("You wait for", _party(entry)),
            ("Offers until", at(entry.last_moment, event)),
        ],
        notes=["You owe nothing for a place in line, and can leave at any time."],
    )


@letter("offer", places)
def offer(notice: Notice, entry: Entry) -> Letter | None:
    """Their seats are reserved: yes or no, without signing in."""
    if not entry.has_offer(timezone.now()) or not entry.offer_expires_at:
        return None
    event, until = entry.event, at(entry.offer_expires_at, entry.event)
    return Letter(
        title=titled(f"{counted(entry.quantity, 'seat')} reserved for you:", event.title),
        line=f"Accept until {until}. {_offered(entry)}.",
        paragraphs=[
            f"{'A seat has' if entry.quantity == 1 else 'Seats have'} come free, and {_it_is(entry)} yours if you "
            f"want {_them(entry)}. If you don't answer until then, the next in line is asked.",
        ],
        notes=[
            "Can't come after all? Pass, and the next in line is asked at once. If you do neither, "
            "your place ends when the time is up.",
            DON_T_FORWARD,
        ],
        **_answerable(entry),
    )


@letter("offer_ending", places)
def offer_ending(notice: Notice, entry: Entry) -> Letter | None:
    """The last call."""
    if not entry.has_offer(timezone.now()) or not entry.offer_expires_at:
        return None
    event, until = entry.event, clock(entry.offer_expires_at, entry.event)
    return Letter(
        title=titled(f"Only until {until}: your seats for", event.title),
        line=f"{_offered(entry)}. Then {_it_is(entry)} offered to the next in line.",
        paragraphs=["If you do nothing, your place in line ends with the offer."],
        notes=[DON_T_FORWARD],
        **_answerable(entry),
    )


@letter("offer_lapsed", places)
def offer_lapsed(notice: Notice, entry: Entry) -> Letter | None:
    """They did not answer in time."""
    if entry.status != Entry.Status.LAPSED:
        return None
    event = entry.event
    again = _may_join_again(event)
    last = ["If you still want to come, you can join the line again: you start at its end."] if again else []
    return Letter(
        title=titled("Your offer for", event.title, "has lapsed"),
        line="The time was up, and the seats went to the next in line.",
        link=Link("Join the line again", reverse("waitlist:join", args=[event.slug])) if again else _to(event),
        topic=f"place:{entry.pk}",
        by=event.organizer.name,
        paragraphs=[
            f"{counted(entry.quantity, 'seat')} for {event.title} {'was' if entry.quantity == 1 else 'were'} reserved "
            f"for you{_until(entry)}.",
            *last,
        ],
        facts=[("Event", event.title), ("When", when(event)), *where(event)],
    )


@letter("place_ended", places)
def place_ended(notice: Notice, entry: Entry) -> Letter | None:
    """Their wait is over, and not by their own doing: removed, no event any more, or nothing came free in time."""
    if entry.status not in (Entry.Status.ENDED, Entry.Status.REMOVED):
        return None
    event = entry.event
    title, why = _why_it_ended(entry)
    return Letter(
        title=title,
        line=why,
        link=_to(event),
        topic=f"place:{entry.pk}",
        by=event.organizer.name,
        paragraphs=["So your place in line is over. You owe nothing."],
        facts=[("Event", event.title), ("When", when(event)), ("You waited for", _party(entry))],
    )


def _answerable(entry: Entry) -> dict:
    """What the letters of a live offer share: the two answers, and what the answer is about."""
    event = entry.event
    price = "Free"
    if entry.offered_type and entry.offered_type.price:
        each = money.words(entry.offered_type.price, event.currency)
        how = "to pay when you accept" if entry.must_be_paid_first else "to pay at the door"
        price = f"{entry.total_label}{f' ({each} each)' if entry.quantity > 1 else ''}, {how}"
    return {
        "link": Link("Accept or pass", offer_url(entry.pk)),
        "second": Link(f"Pass {_them(entry)} on", pass_url(entry.pk)),
        "page": entry.get_absolute_url(),
        "topic": f"place:{entry.pk}",
        "by": event.organizer.name,
        "facts": [
            ("Event", event.title),
            ("When", when(event)),
            *where(event),
            ("Seats", f"{entry.quantity} × {entry.offered_type}"),
            ("Price", price),
            ("Yours until", at(entry.offer_expires_at, event) if entry.offer_expires_at else ""),
        ],
    }


def _offered(entry: Entry) -> str:
    """'2 × Stalls, €50.00'."""
    return f"{entry.quantity} × {entry.offered_type}, {entry.total_label}"


def _party(entry: Entry) -> str:
    return f"{entry.quantity} × {entry.ticket_type or 'any ticket'}"


def _it_is(entry: Entry) -> str:
    return "it is" if entry.quantity == 1 else "they are"


def _them(entry: Entry) -> str:
    return "it" if entry.quantity == 1 else "them"


def _who_is_ahead(entry: Entry) -> str:
    if not entry.ahead:
        return "You are next."
    return f"{counted(entry.ahead, 'party is', 'parties are')} ahead of you."


def _what_happens_next(entry: Entry) -> str:
    """The order, as the organiser chose it, and how long an offer holds at most."""
    event = entry.event
    seats = "a seat comes" if entry.quantity == 1 else f"{entry.quantity} seats come"
    if event.waitlist_order == WaitlistOrder.STRICT:
        order = f"When {seats} free and everybody ahead of you has been asked"
        rule = "The order is strict: nobody goes past you."
    else:
        order = f"When {seats} free and nobody ahead of you fits"
        rule = "Smaller parties may go past larger ones, so that no seat stays empty."
    hours, minutes = divmod(event.offer_minutes, 60)
    span = " ".join([counted(hours, "hour")] * bool(hours) + [counted(minutes, "minute")] * bool(minutes))
    return f"{order}, we reserve {_them(entry)} for you and write to you: you then have up to {span} to accept. {rule}"


def _lead_time(entry: Entry) -> list[str]:
    if not entry.lead_hours:
        return []
    return [f"As you asked, no offer reaches you later than {counted(entry.lead_hours, 'hour')} before the start."]


def _until(entry: Entry) -> str:
    return f" until {at(entry.offer_expires_at, entry.event)}" if entry.offer_expires_at else ""


def _to(event: Event) -> Link:
    return Link("Back to the event", event.get_absolute_url())


def _may_join_again(event: Event) -> bool:
    return event.is_selling() and timezone.now() + timedelta(minutes=10) < event.starts_at


def _why_it_ended(entry: Entry) -> tuple[str, str]:
    """A title, and a sentence."""
    event = entry.event
    if entry.status == Entry.Status.REMOVED:
        why = f": {entry.reason.rstrip('.')}" if entry.reason else ""
        return titled("Your place in line for", event.title), f"The organiser took you out of the line{why}."
    if event.status == EventStatus.CANCELLED:
        return titled("", event.title, "is cancelled"), "It does not take place, so there is nothing to wait for."
    return (
        titled("No seats in time for", event.title),
        f"Nothing came free for you before it was too late. It starts on {starts(event)}.",
    )
