"""The chart of when people came."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from analytics import operations
from analytics.figures.arrivals import Arrived, in_steps
from analytics.models import Span
from bookings import operations as bookings
from tests.api import Api
from tests.factories import make_booking, make_event, make_user, owner_of
from tickets import operations as tickets
from tickets.models import Ticket

LISBON = ZoneInfo("Europe/Lisbon")
CLOCKS_GO_BACK = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # 23:00 in Lisbon, the evening before


def came(*hours: float) -> list[Arrived]:
    return [Arrived(CLOCKS_GO_BACK + timedelta(hours=one), 2) for one in hours]


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"])
@pytest.mark.parametrize(
    ("hours", "span"),
    [
        ((0.25,), Span.QUARTER),
        ((0, 0.25, 3.75, 29.75), Span.QUARTER),
        ((0.5, 6, 31), Span.HOUR),
        ((0, 1, 25, 99, 119.75), Span.HOUR),
        ((0, 1, 25, 26, 120, 1000), Span.DAY),
    ],
)
def test_whatever_the_steps_nobody_who_came_is_left_out(zone, hours, span):
    arrivals = came(*hours)
    found, steps = in_steps(arrivals, ZoneInfo(zone))
    assert found == span
    assert sum(one.count for one in steps) == 2 * len(hours)
    moments = [one.at.astimezone(UTC) for one in steps]
    assert moments == sorted(set(moments))
    assert moments[0] <= arrivals[0].at
    assert (steps[0].count > 0, steps[-1].count > 0) == (True, True)
    if span == Span.DAY:
        assert all((one.at.hour, one.at.minute) == (0, 0) for one in steps)
        assert len(steps) == (steps[-1].at.date() - steps[0].at.date()).days + 1


def test_nobody_is_no_step():
    assert in_steps([], LISBON) == (Span.QUARTER, [])


@pytest.fixture
def evening():
    """Doors at 19:00 for an event at 20:00 in Lisbon, with six guests."""
    starts = datetime(2026, 7, 1, 19, 0, tzinfo=UTC)
    event = make_event(
        capacity=9, now=starts - timedelta(days=9), starts_at=starts, ends_at=starts + timedelta(hours=2),
        timezone="Europe/Lisbon",
    )  # fmt: skip
    request = bookings.Request(event.pk, quantity=6)
    booking = bookings.book(request=request, customer_id=make_user().pk, now=starts - timedelta(days=8))
    tickets.issue(booking_id=booking.pk)
    return event


def let_in(event, *minutes: int) -> None:
    """That many minutes before the start."""
    free = Ticket.objects.for_door().filter(booking__event=event, checked_in_at=None)
    for ticket, before in zip(free, minutes, strict=False):
        at = event.starts_at - timedelta(minutes=before)
        tickets.check_in_ticket(ticket=ticket, by=owner_of(event.organizer), now=at)
    operations.sweep_all()


@pytest.mark.django_db
def test_the_page_says_when_most_came_and_lists_each_quarter(client, evening):
    let_in(evening, 44, 29, 28, 17, 1)
    client.force_login(owner_of(evening.organizer))
    page = client.get(reverse("figures:event", args=[evening.slug]))
    chart = next(one for one in page.context["charts"] if one.name == "arriving")
    assert chart.answer == "Most came between Wed 19:30 and 19:45: 3 of 5. Half of them were in by 19:45."
    assert chart.rows == [["2026-07-01 19:15", 1], ["2026-07-01 19:30", 3], ["2026-07-01 19:45", 1]]
    file = client.get(reverse("figures:event_csv", args=[evening.slug, "arriving"]))
    assert b"2026-07-01 19:30,3" in b"".join(file.streaming_content)
    said = Api(owner_of(evening.organizer)).send("GET", f"/api/analytics/events/{evening.pk}").json()
    assert said["now"]["arrivals"][1] == {"at": "2026-07-01T18:30:00Z", "arrived": 3}


@pytest.mark.django_db
def test_who_came_on_another_day_is_not_in_it(client, evening):
    let_in(evening, 3 * 24 * 60)
    client.force_login(owner_of(evening.organizer))
    page = client.get(reverse("figures:event", args=[evening.slug]))
    chart = next(one for one in page.context["charts"] if one.name == "arriving")
    assert (chart.rows, chart.nothing) == ([], "Nobody was checked in on the days of the event.")
    assert page.status_code == 200


@pytest.mark.django_db
def test_before_an_event_begins_there_is_no_such_chart(client):
    event = make_event()
    make_booking(event)
    operations.sweep_all()
    client.force_login(owner_of(event.organizer))
    page = client.get(reverse("figures:event", args=[event.slug]))
    assert not {"arriving", "arrivals"} & {one.name for one in page.context["charts"]}
