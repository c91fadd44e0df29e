"""What letters about an event say, made from what operations have done."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar as Ics

from events.models import Event
from events.operations import VenueInput
from notifications import operations
from notifications.letter import Letter, compose
from notifications.models import Delivery, Mailing, Notice
from notifications.tests.mailings import cancel, edit, moved, postpone, remind, work_off
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_event, make_place, make_user

pytestmark = pytest.mark.django_db

HALL = VenueInput(name="Blue Hall", city="Lisbon", country="PT", address="Rua Azul 1")
YEAR = timezone.now().year + 1
START = datetime(YEAR, 7, 9, 18, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def event() -> Event:
    dates = {"starts_at": START, "ends_at": START + 2 * HOUR, "timezone": "Europe/Lisbon"}
    return make_event(title="Jazz", capacity=2, venue=HALL, online_url="", **dates)


def letter(kind: str, user=None) -> Letter:
    notice = Notice.objects.get(kind=kind, **({"recipient": user} if user else {}))
    return compose([notice])[notice.pk]


def changed(event: Event, **changes) -> Letter:
    """What somebody who has booked reads after a change."""
    booking = make_booking(event)
    edit(event, **changes)
    work_off(Mailing.objects.get())
    return letter("event_changed", booking.customer)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"starts_at": START + DAY, "ends_at": START + DAY + HOUR}, "New date: Jazz"),
        ({"starts_at": START + HOUR}, "New time: Jazz"),
        ({"starts_at": START + HOUR, "venue": None, "online_url": "https://live.example/"}, "New time and place: Jazz"),
        ({"venue": None, "online_url": "https://live.example/"}, "New place: Jazz"),
        ({"title": "Blues"}, "New name: Blues"),
        ({"timezone": "Europe/Madrid"}, "New time: Jazz"),
    ],
)
def test_the_title_names_what_matters_most(event, changes, title):
    assert changed(event, **changes).title == title


def test_the_old_date_and_the_new_one_stand_side_by_side_in_the_events_zone(event):
    said = changed(event, **moved(event, DAY))
    [change] = said.changes
    day = f"{START:%A} 9 July {YEAR}"
    assert change.old == f"{day}, 19:30–21:30 WEST"
    assert change.new == f"{START + DAY:%A} 10 July {YEAR}, 19:30–21:30 WEST"
    assert said.line == f"Now: {START + DAY:%A} 10 July, 19:30 WEST, Blue Hall, Lisbon."
    assert dict(said.facts) == {"Event": "Jazz", "Where": "Blue Hall, Rua Azul 1, Lisbon"}


def test_a_long_name_is_cut_to_fit_a_subject_line(event):
    said = changed(event, title="An evening of " + "very long improvisations " * 5, **moved(event, DAY))
    assert said.title.startswith("New date: An evening of") and len(said.title) <= 78


def test_the_calendar_entry_that_comes_along_replaces_the_old_one(event, mailoutbox):
    booking = make_booking(event)
    event = edit(event, **moved(event, DAY))
    work_off(Mailing.objects.get())
    operations.deliver(delivery_id=Delivery.objects.get(notice__kind="event_changed").pk)
    [message] = mailoutbox
    [part] = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    [entry] = Ics.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    assert (entry["SEQUENCE"], entry["DTSTART"].dt) == (event.version, event.starts_at)
    assert booking.reference in message.body


def test_who_waits_in_line_keeps_the_place(event):
    make_booking(event, quantity=2)
    entry = make_place(event)
    edit(event, **moved(event, DAY))
    work_off(Mailing.objects.get())
    said = letter("event_changed", entry.customer)
    assert said.paragraphs == ["You keep your place in line."]
    assert said.second.url.endswith("#leave")


def test_a_postponed_event_says_when_it_was_to_be(event):
    make_booking(event)
    postpone(event)
    work_off(Mailing.objects.get())
    said = letter("event_postponed")
    assert said.title == "Jazz is postponed"
    assert dict(said.facts)["Was to be"] == f"{START:%A} 9 July {YEAR}, 19:30–21:30 WEST"
    assert said.second.label == "Cancel the booking"


def test_a_cancelled_event_takes_its_entry_out_of_calendars(event):
    booking = make_booking(event, quantity=2)
    cancel(event)
    deliver_due()
    said = letter("event_cancelled")
    assert said.title == "Jazz is cancelled"
    assert "your tickets are void" in said.paragraphs[0]
    assert (said.calendar.booking_id, said.calendar.cancelled) == (booking.pk, True)
    assert dict(said.facts)["Booking"] == f"{booking.reference}, 2 tickets"


def test_a_reminder_says_where_to_be_and_leads_to_the_tickets(event):
    booking = make_booking(event, make_user("Ada"))
    remind(event.starts_at - DAY)
    said = letter("reminder_day")
    assert said.title.endswith(" at 19:30: Jazz")
    assert said.line == f"{START:%A} 9 July, 19:30 WEST, Blue Hall, Lisbon."
    assert dict(said.facts)["Where"] == "Blue Hall, Rua Azul 1, Lisbon"
    assert said.link.url.endswith(f"/{booking.pk}")
    assert (said.tickets_of, said.calendar) == (None, None)


def test_a_reminder_of_an_online_event_says_how_to_join():
    event = make_event(starts_at=START, ends_at=START + HOUR, online_url="https://live.example/")
    make_booking(event)
    remind(event.starts_at - HOUR)
    assert ("Join online", "https://live.example/") in letter("reminder_hours").facts
