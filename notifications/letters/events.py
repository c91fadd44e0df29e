"""What is said about an event to those who go there, or wait in line for it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from core.moments import span_in_words
from events.models import Event
from events.models.event import FOR_SEARCH_ALONE
from events.operations.editing import describe
from notifications.letter import Calendar, Change, Letter, Link, letter
from notifications.letters.bookings import UNREAD
from notifications.letters.payments import what_came_of_the_money
from notifications.letters.wording import counted, place, starts, titled, when, where
from notifications.models import Notice
from payments.statements import Statement, statements_of
from waitlist.models import Entry

Guest = Booking | Entry
State = Mapping[str, str]  # as `describe` has it


def bookings(ids: Iterable[UUID]) -> dict[UUID, Booking]:
    """Two statements, however many. Those of one event share it: in a mailing that is all of them."""
    found = Booking.objects.in_bulk(list(ids))
    events = Event.objects.select_related("venue", "organizer").defer("description", *FOR_SEARCH_ALONE)
    by_id = events.in_bulk({one.event_id for one in found.values()})
    for one in found.values():
        one.event = by_id[one.event_id]
    return found


def guests(ids: Iterable[UUID]) -> dict[UUID, Guest]:
    """Bookings, and live places in line; one statement more where some are no bookings."""
    wanted = set(ids)
    found: dict[UUID, Guest] = dict(bookings(wanted))
    if wanted - set(found):
        entries = Entry.objects.live().select_related("event__venue", "event__organizer").defer(*UNREAD)
        found.update(entries.in_bulk(wanted - set(found)))
    return found


@letter("event_changed", guests)
def event_changed(notice: Notice, about: Guest) -> Letter | None:
    """What is otherwise than they knew it, while the event is on."""
    guest, old = _still_coming(notice, about), notice.data["old"]
    if guest is None or old is None or guest.event.status != Event.Status.PUBLISHED:
        return None
    event, new = guest.event, describe(guest.event)
    rows = _rows(old, new, private=isinstance(guest, Booking))
    changes = [row for row in rows if row.old != row.new]
    back = old["status"] == Event.Status.POSTPONED
    if not changes and not back:
        return None
    return Letter(
        title=titled(_headline({row.label for row in changes}, _days(old) != _days(new), back), event.title),
        line=f"Now: {starts(event)}, {place(event)}.",
        link=_link(guest),
        second=_way_out(guest),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[_what_now(guest)],
        changes=changes,
        facts=[(row.label, row.new) for row in rows if row not in changes],
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
        title=titled("", event.title, "is postponed"),
        line="It does not take place at its time. You hear from us once there is a new date.",
        link=_link(guest),
        second=_way_out(guest),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[_what_now(guest)],
        facts=[("Event", event.title), ("Was to be", _when(old)), *where(event)],
        calendar=_calendar(guest),
    )


def moneys(ids: Iterable[UUID]) -> dict[UUID, Statement]:
    """`bookings` with their money; four statements more where there was something to pay."""
    return statements_of(bookings(ids).values())


@letter("event_cancelled", moneys)
def event_cancelled(notice: Notice, statement: Statement) -> Letter | None:
    """It does not take place at all, and their booking has gone with it."""
    booking, event = statement.booking, statement.booking.event
    if event.status != Event.Status.CANCELLED:
        return None
    tickets = "ticket is" if booking.quantity == 1 else "tickets are"
    return Letter(
        title=titled("", event.title, "is cancelled"),
        line=f"It was to be on {starts(event)}. You need not do anything.",
        link=Link("See the booking", booking.get_absolute_url()),
        second=Link("Find another event", reverse("events:list")),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        paragraphs=[
            f"{event.organizer.name} has cancelled the event, and your booking with it: your {tickets} void.",
            *what_came_of_the_money(statement),
        ],
        facts=[("Event", event.title), ("Was to be", when(event)), *where(event), *_what_they_booked(booking)],
        calendar=Calendar(booking.pk, cancelled=True),
    )


@letter("reminder_day", bookings)
@letter("reminder_hours", bookings)
def reminder(notice: Notice, about: Booking) -> Letter | None:
    """Where they are to be, and when: if the event still starts on the day that is meant."""
    booking = _still_coming(notice, about)
    if not isinstance(booking, Booking) or booking.event.status != Event.Status.PUBLISHED:
        return None
    event, start = booking.event, booking.event.local_start
    if start.date().isoformat() != notice.data["day"]:
        return None
    return Letter(
        title=titled(f"{_day_word(start, timezone.now())} at {start:%H:%M}:", event.title),
        line=f"{starts(event)}, {place(event)}.",
        link=_link(booking),
        second=_way_out(booking) or Link("About the event", event.get_absolute_url()),
        topic=f"event:{event.pk}",
        by=event.organizer.name,
        facts=[
            ("Event", event.title),
            ("When", when(event)),
            *where(event, joinable=True),
            *_what_they_booked(booking),
        ],
    )


def _still_coming(notice: Notice, guest: Guest) -> Guest | None:
    """Who it is for: the booking it is about, or another one of theirs that it was told for as well."""
    if isinstance(guest, Entry) or guest.status == Booking.Status.CONFIRMED:
        return guest
    also = notice.data.get("also", [])
    found = sorted(bookings(also).items()) if also else []
    return next((one for _, one in found if one.status == Booking.Status.CONFIRMED), None)


def _day_word(start: datetime, now: datetime) -> str:
    """'Today', 'Tomorrow' or the day's name, by the calendar of the zone that `start` is in."""
    days = (start.date() - now.astimezone(start.tzinfo).date()).days
    return {0: "Today", 1: "Tomorrow"}.get(days, f"{start:%A}")


def _rows(old: State, new: State, *, private: bool) -> list[Change]:
    """All that people count on, changed or not. `private`: with the link to an online event, which those have who
    booked."""
    rows = [
        Change("Event", old["title"], new["title"]),
        Change("When", _when(old), _when(new)),
        Change("Where", old["place"] or "Online", new["place"] or "Online"),
    ]
    if private and (old["online_url"] or new["online_url"]):
        rows.append(Change("Join online", old["online_url"] or "–", new["online_url"] or "–"))
    return rows


def _headline(what: set[str], other_day: bool, back: bool) -> str:
    """The most important of the changes."""
    if "When" in what:
        return f"New {'date' if other_day else 'time'}{' and place' if 'Where' in what else ''}:"
    if back:
        return "It takes place after all:"
    if "Where" in what:
        return "New place:"
    return "New link:" if "Join online" in what else "New name:"


def _when(state: State) -> str:
    return span_in_words(_moment(state, "starts_at"), _moment(state, "ends_at"))


def _days(state: State) -> tuple[date, date]:
    return _moment(state, "starts_at").date(), _moment(state, "ends_at").date()


def _moment(state: State, name: str) -> datetime:
    return datetime.fromisoformat(state[name]).astimezone(ZoneInfo(state["timezone"]))


def _what_now(guest: Guest) -> str:
    if isinstance(guest, Entry):
        return "You keep your place in line."
    tickets = "ticket stays" if guest.quantity == 1 else "tickets stay"
    return f"Your booking {guest.reference} stays as it is, and your {tickets} valid."


def _what_they_booked(booking: Booking) -> list[tuple[str, str]]:
    return [("Booking", f"{booking.reference}, {counted(booking.quantity, 'ticket')}")]


def _link(guest: Guest) -> Link:
    if isinstance(guest, Entry):
        return Link("See your place", guest.get_absolute_url())
    tickets = "ticket" if guest.quantity == 1 else "tickets"
    return Link(f"Show your {tickets}", reverse("tickets:booking", args=[guest.pk]))


def _way_out(guest: Guest) -> Link | None:
    """For those who can't make it."""
    if isinstance(guest, Entry):
        return Link("Leave the line", f"{guest.get_absolute_url()}#leave")
    if guest.is_cancellable(timezone.now()):
        return Link("Cancel the booking", reverse("bookings:cancel", args=[guest.pk]))
    return None


def _calendar(guest: Guest) -> Calendar | None:
    return Calendar(guest.pk) if isinstance(guest, Booking) else None
