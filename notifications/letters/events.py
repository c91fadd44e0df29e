"""What is said about an event to those who go there, or wait in line for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from core.moments import in_words, span_in_words
from events.models import Event
from events.operations.editing import describe
from notifications.letter import Calendar, Change, Letter, Link, letter
from notifications.letters.bookings import bookings
from notifications.models import Notice
from waitlist.models import Entry

Guest = Booking | Entry
State = Mapping[str, str]  # as `describe` has it


def guests(ids: Iterable[UUID]) -> dict[UUID, Guest]:
    """Bookings, and live places in line: two statements, and one where some are no bookings."""
    wanted = set(ids)
    found: dict[UUID, Guest] = dict(bookings(wanted))
    if wanted - set(found):
        entries = Entry.objects.live().select_related("event__venue", "event__organizer")
        found.update(entries.in_bulk(wanted - set(found)))
    return found


@letter("event_changed", guests)
def event_changed(notice: Notice, about: Guest) -> Letter | None:
    """What is otherwise than they knew it, while the event is on."""
    guest, old = _still_coming(notice, about), notice.data["old"]
    if guest is None or old is None or guest.event.status != Event.Status.PUBLISHED:
        return None
    event, new = guest.event, describe(guest.event)
    back = old["status"] == Event.Status.POSTPONED
    changes = _changes(old, new, private=isinstance(guest, Booking))
    if not changes and not back:
        return None
    return Letter(
        title=_headline(event.title, {change.label for change in changes}, _days(old) != _days(new), back),
        line=f"Now: {_when(new)}, {_where(new)}.",
        link=_link(guest),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[_what_now(guest)],
        facts=[] if changes else [("When", _when(new)), ("Where", _where(new))],
        changes=changes,
        second=_way_out(guest),
        calendar=_calendar(guest),
    )


@letter("event_postponed", guests)
def event_postponed(notice: Notice, about: Guest) -> Letter | None:
    """It does not take place at its time, and nobody knows yet when it does."""
    guest, old = _still_coming(notice, about), notice.data["old"]
    if guest is None or old is None or guest.event.status != Event.Status.POSTPONED:
        return None
    event = guest.event
    return Letter(
        title=f"{event.title} is postponed",
        line="It does not take place at its time. You hear from us once there is a new date.",
        link=_link(guest),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[_what_now(guest)],
        facts=[("Was to be", _when(old)), ("Where", _where(old))],
        second=_way_out(guest),
        calendar=_calendar(guest),
    )


@letter("event_cancelled", bookings)
def event_cancelled(notice: Notice, booking: Booking) -> Letter | None:
    """It does not take place at all, and their booking has gone with it."""
    event = booking.event
    if event.status != Event.Status.CANCELLED:
        return None
    state = describe(event)
    return Letter(
        title=f"{event.title} is cancelled",
        line=f"It was to be on {in_words(event.local_start)}. You need not do anything.",
        link=Link("See your booking", booking.get_absolute_url()),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[
            f"{event.organizer.name} has cancelled the event, and your booking with it. Your tickets are void."
        ],
        facts=[
            ("Was to be", _when(state)),
            ("Where", _where(state)),
            ("Booking", booking.reference),
            ("Seats", str(booking.quantity)),
        ],
        second=Link("Find another event", reverse("events:list")),
        calendar=Calendar(booking.pk, cancelled=True),
    )


@letter("reminder_day", bookings)
@letter("reminder_hours", bookings)
def reminder(notice: Notice, about: Booking) -> Letter | None:
    """Where they are to be, and when: if the event still starts on the day that is meant."""
    booking, now = _still_coming(notice, about), timezone.now()
    if not isinstance(booking, Booking) or booking.event.status != Event.Status.PUBLISHED:
        return None
    event, state = booking.event, describe(booking.event)
    start = event.local_start
    if start.date().isoformat() != notice.data["day"]:
        return None
    return Letter(
        title=f"{_day_word(start, now)} at {start:%H:%M}: {event.title}",
        line=f"{in_words(start)}, {_where(state)}.",
        link=_link(booking),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        facts=[
            ("When", _when(state)),
            ("Where", _where(state)),
            ("Booking", booking.reference),
            ("Seats", str(booking.quantity)),
        ],
        second=Link("Join online", event.online_url)
        if event.online_url
        else Link("About the event", event.get_absolute_url()),
    )


def _still_coming(notice: Notice, guest: Guest) -> Guest | None:
    """Who it is for: the booking it is about, or another one of theirs that it was told for as well."""
    if isinstance(guest, Entry) or guest.status == Booking.Status.CONFIRMED:
        return guest
    also = notice.data.get("also", [])
    return Booking.objects.confirmed().with_all().filter(pk__in=also).order_by("id").first() if also else None


def _day_word(start: datetime, now: datetime) -> str:
    """'Today', 'Tomorrow' or the day's name, by the calendar of the zone that `start` is in."""
    days = (start.date() - now.astimezone(start.tzinfo).date()).days
    return {0: "Today", 1: "Tomorrow"}.get(days, f"{start:%A}")


def _changes(old: State, new: State, *, private: bool) -> list[Change]:
    """`private`: with the link to an online event, which is for those who booked."""
    rows = [
        Change("Name", old["title"], new["title"]),
        Change("When", _when(old), _when(new)),
        Change("Where", _where(old), _where(new)),
        Change("Link", old["online_url"], new["online_url"]),
    ]
    if not private:
        rows.pop()
    return [row for row in rows if row.old != row.new]


def _headline(title: str, what: set[str], other_day: bool, back: bool) -> str:
    """The most important of the changes."""
    if "When" in what:
        place = " and place" if "Where" in what else ""
        return f"New {'date' if other_day else 'time'}{place}: {title}"
    if back:
        return f"It takes place after all: {title}"
    if "Where" in what:
        return f"New place: {title}"
    return f"New link: {title}" if "Link" in what else f"New name: {title}"


def _when(state: State) -> str:
    return span_in_words(_moment(state, "starts_at"), _moment(state, "ends_at"))


def _days(state: State) -> tuple[object, object]:
    return _moment(state, "starts_at").date(), _moment(state, "ends_at").date()


def _moment(state: State, name: str) -> datetime:
    return datetime.fromisoformat(state[name]).astimezone(ZoneInfo(state["timezone"]))


def _where(state: State) -> str:
    return state["place"] or "online"


def _what_now(guest: Guest) -> str:
    if isinstance(guest, Entry):
        return "You keep your place in line."
    return f"Your booking {guest.reference} stays as it is, and your tickets stay valid."


def _link(guest: Guest) -> Link:
    if isinstance(guest, Entry):
        return Link("See your place in line", guest.get_absolute_url())
    return Link("See your tickets", reverse("tickets:booking", args=[guest.pk]))


def _way_out(guest: Guest) -> Link | None:
    """For those who have booked and can't make it."""
    if isinstance(guest, Booking) and guest.is_cancellable(timezone.now()):
        return Link("Cancel the booking", reverse("bookings:cancel", args=[guest.pk]))
    return None


def _calendar(guest: Guest) -> Calendar | None:
    return Calendar(guest.pk) if isinstance(guest, Booking) else None
