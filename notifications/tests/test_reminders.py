"""A reminder the day before and one two hours before, by the event's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event
from notifications import operations
from notifications.letter import compose
from notifications.letters.events import _day_word
from notifications.models import Mailing, Notice
from notifications.operations.reminders import day_before
from notifications.tests.mailings import cancel, edit, moved, postpone, publish, remind, work_off
from tests.factories import make_booking, make_draft, make_event

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def event() -> Event:
    """At noon in ten days, so that hours around it are on the same day."""
    noon = (timezone.now() + timedelta(days=10)).replace(hour=12, minute=0, second=0, microsecond=0)
    return make_event(title="Jazz", starts_at=noon, ends_at=noon + 2 * HOUR)


def kinds(mailings) -> list[str]:
    return [mailing.kind for mailing in mailings]


def reminded(kind: str) -> list:
    return list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_people_are_reminded_a_day_and_two_hours_before(event):
    booking = make_booking(event)
    assert remind(event.starts_at - 24 * HOUR - MINUTE) == []
    assert kinds(remind(event.starts_at - 24 * HOUR)) == ["reminder_day"]
    assert remind(event.starts_at - 2 * HOUR - MINUTE) == []
    assert kinds(remind(event.starts_at - 2 * HOUR)) == ["reminder_hours"]
    assert reminded("reminder_day") == reminded("reminder_hours") == [booking.customer_id]


def test_each_comes_once_however_often_the_clock_is_looked_at(event):
    make_booking(event)
    for minutes in range(0, 180, 30):
        remind(event.starts_at - 24 * HOUR + minutes * MINUTE)
        remind(event.starts_at - 2 * HOUR + minutes * MINUTE / 2)
    assert len(reminded("reminder_day")) == len(reminded("reminder_hours")) == 1


def test_what_was_missed_is_made_up_for_while_it_makes_sense(event):
    make_booking(event)
    assert kinds(remind(event.starts_at - 12 * HOUR - MINUTE)) == ["reminder_day"]
    assert kinds(remind(event.starts_at - MINUTE)) == ["reminder_hours"]
    late = make_event(starts_at=event.starts_at, ends_at=event.ends_at)
    assert remind(late.starts_at - 12 * HOUR) == []
    assert remind(late.starts_at) == []


def test_who_booked_after_the_moment_is_not_reminded_of_what_they_just_did(event):
    early, late = make_booking(event), make_booking(event)
    Booking.objects.filter(pk=late.pk).update(confirmed_at=event.starts_at - 23 * HOUR)
    remind(event.starts_at - 22 * HOUR)
    assert reminded("reminder_day") == [early.customer_id]


@pytest.mark.parametrize("change", [cancel, postpone])
def test_nobody_is_reminded_of_what_is_not_on(event, change):
    make_booking(event)
    change(event)
    assert remind(event.starts_at - 23 * HOUR) == []
    make_draft(starts_at=event.starts_at, ends_at=event.ends_at)
    assert remind(event.starts_at - HOUR) == []


@pytest.mark.parametrize("change", [cancel, postpone])
def test_a_reminder_that_has_begun_stops_when_the_event_is_off(event, change):
    booking = make_booking(event)
    operations.begin_reminders(now=event.starts_at - 23 * HOUR)
    change(event)
    mailing = work_off(Mailing.objects.get(kind="reminder_day"), now=event.starts_at - 23 * HOUR)
    assert mailing.dropped
    assert reminded("reminder_day") == []
    assert booking.customer_id


def test_a_later_hour_on_the_same_day_brings_no_second_reminder(event):
    make_booking(event)
    remind(event.starts_at - 24 * HOUR)
    event = settled(edit(event, **moved(event, 3 * HOUR)))
    assert remind(event.starts_at - 24 * HOUR) == []
    assert kinds(remind(event.starts_at - 2 * HOUR)) == ["reminder_hours"]
    event = settled(edit(event, **moved(event, 3 * HOUR)))
    assert remind(event.starts_at - 2 * HOUR) == []
    assert len(reminded("reminder_day")) == len(reminded("reminder_hours")) == 1


def test_another_day_brings_another_reminder(event):
    make_booking(event)
    remind(event.starts_at - 24 * HOUR)
    event = settled(edit(event, **moved(event, timedelta(days=7))))
    assert kinds(remind(event.starts_at - 24 * HOUR)) == ["reminder_day"]
    first, second = Notice.objects.filter(kind="reminder_day").order_by("created_at")
    assert set(compose([first, second])) == {second.pk}  # what was not sent of the first is not true any more


def test_a_reminder_comes_behind_the_change_that_brought_it_near(event):
    make_booking(event)
    soon = timezone.now().replace(microsecond=0) + 20 * HOUR
    event = edit(event, starts_at=soon, ends_at=soon + HOUR)
    assert remind(timezone.now()) == []
    settled(event)
    assert kinds(remind(timezone.now())) == ["reminder_day"]


def test_a_postponed_event_that_is_on_again_is_reminded_of(event):
    make_booking(event)
    postpone(event)
    event = settled(publish(event))
    assert kinds(remind(event.starts_at - 24 * HOUR)) == ["reminder_day"]


def test_who_has_cancelled_meanwhile_is_not_reminded(event):
    booking = make_booking(event)
    remind(event.starts_at - 24 * HOUR)
    notice = Notice.objects.get(kind="reminder_day")
    assert compose([notice])
    bookings.cancel(booking=booking, now=timezone.now())
    assert compose([notice]) == {}


def test_looking_at_the_clock_costs_three_statements(event, django_assert_num_queries):
    make_booking(event)
    remind(event.starts_at - 24 * HOUR)
    make_event(starts_at=event.starts_at + 40 * HOUR, ends_at=event.starts_at + 41 * HOUR)
    with django_assert_num_queries(3):
        assert operations.begin_reminders(now=event.starts_at - 23 * HOUR) == 0


@pytest.mark.parametrize(
    ("zone", "start", "moment"),
    [
        # Clocks go forward by an hour on 28 March, and back on 31 October.
        ("Europe/Lisbon", "2027-03-28T12:00", "2027-03-27T12:00+00:00"),
        ("Europe/Lisbon", "2027-10-31T12:00", "2027-10-30T11:00+00:00"),
        # On Lord Howe Island by half an hour: back on 4 April, forward on 3 October.
        ("Australia/Lord_Howe", "2027-04-04T12:00", "2027-04-03T01:00+00:00"),
        ("Australia/Lord_Howe", "2027-10-03T12:00", "2027-10-02T01:30+00:00"),
        # 01:30 comes twice on the day before: the first time.
        ("Europe/Lisbon", "2027-11-01T01:30", "2027-10-31T00:30+00:00"),
        # 01:30 does not come on the day before: the moment at which it would have been.
        ("Europe/Lisbon", "2027-03-29T01:30", "2027-03-28T01:30+00:00"),
    ],
)
def test_a_day_before_is_the_same_time_by_the_events_clock(zone, start, moment):
    local = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    event = Event(starts_at=local.astimezone(UTC), timezone=zone)
    assert day_before(event) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("zone", "year", "month", "day", "hours"),
    [
        ("Europe/Lisbon", 2027, 3, 28, 23),
        ("Europe/Lisbon", 2027, 10, 31, 25),
        ("Australia/Lord_Howe", 2027, 4, 4, 24.5),
        ("Australia/Lord_Howe", 2027, 10, 3, 23.5),
    ],
)
def test_the_reminder_is_due_then_and_not_before(zone, year, month, day, hours):
    start = datetime(year, month, day, 20, tzinfo=ZoneInfo(zone))
    event = make_event(timezone=zone, starts_at=start, ends_at=start + HOUR)
    make_booking(event)
    due = event.starts_at - hours * HOUR
    assert remind(due - MINUTE) == []
    assert kinds(remind(due)) == ["reminder_day"]


@pytest.mark.parametrize(
    ("now", "word"),
    [
        ("2027-03-27T10:00+00:00", "Tomorrow"),
        ("2027-03-27T23:59+00:00", "Tomorrow"),
        ("2027-03-28T00:00+00:00", "Today"),
        ("2027-03-26T12:00+00:00", "Sunday"),
    ],
)
def test_the_day_is_named_as_it_is_where_the_event_is(now, word):
    start = datetime(2027, 3, 28, 20, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert _day_word(start, datetime.fromisoformat(now)) == word


def settled(event: Event) -> Event:
    """What had to be said about changes is said."""
    for mailing in event.mailings.of_changes().filter(finished_at=None):
        work_off(mailing)
    return event
