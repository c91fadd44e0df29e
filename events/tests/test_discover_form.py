"""What the discover page's address asks for."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from events.forms import DiscoverForm

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)  # a Wednesday


def asked(query: str, zone: str = "UTC", now: datetime = NOON) -> DiscoverForm:
    form = DiscoverForm(QueryDict(query), zone=ZoneInfo(zone), now=now)
    form.is_valid()
    return form


def span(query: str, zone: str = "UTC", now: datetime = NOON) -> tuple[str, str]:
    """The range of starts, in the visitor's own time."""
    filters = asked(query, zone, now).filters()
    ends = (filters.starts_after, filters.starts_before)
    return tuple(end and end.astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M") for end in ends)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("today", ("10 Jun 00:00", "11 Jun 00:00")),
        ("tonight", ("10 Jun 17:00", "11 Jun 04:00")),
        ("weekend", ("12 Jun 17:00", "15 Jun 04:00")),
        ("week", ("10 Jun 00:00", "17 Jun 00:00")),
        ("", (None, None)),
    ],
)
def test_words_for_time_mean_the_visitors_days(when, expected):
    assert span(f"when={when}") == expected
    assert span(f"when={when}", "America/New_York") == expected


def test_today_is_tomorrow_already_further_east():
    late = datetime(2026, 6, 10, 23, tzinfo=UTC)
    assert span("when=today", "Asia/Tokyo", late) == ("11 Jun 00:00", "12 Jun 00:00")
    assert span("when=today", "Pacific/Honolulu", late) == ("10 Jun 00:00", "11 Jun 00:00")


@pytest.mark.parametrize("day", [12, 13, 14])
def test_on_a_weekend_this_weekend_is_the_present_one(day):
    assert span("when=weekend", now=datetime(2026, 6, day, 20, tzinfo=UTC)) == ("12 Jun 17:00", "15 Jun 04:00")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("day", [12, 13, 14])
def test_a_night_of_the_weekend_lies_within_the_weekend(zone, day):
    evening = datetime(2026, 6, day, 21, tzinfo=ZoneInfo(zone))
    tonight = asked("when=tonight", zone, evening).filters()
    weekend = asked("when=weekend", zone, evening).filters()
    assert weekend.starts_after <= tonight.starts_after < tonight.starts_before <= weekend.starts_before


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 10), 24)])
def test_days_have_the_hours_that_the_clocks_give_them(day, hours):
    filters = asked("when=today", "Europe/Lisbon", datetime(*day, 12, tzinfo=UTC)).filters()
    assert (filters.starts_before - filters.starts_after).total_seconds() == hours * 3600


def test_dates_include_the_last_day_and_narrow_the_words():
    assert span("since=2026-06-11&until=2026-06-11") == ("11 Jun 00:00", "12 Jun 00:00")
    assert span("when=week&since=2026-06-12") == ("12 Jun 00:00", "17 Jun 00:00")


def test_everything_asked_becomes_a_filter():
    form = asked(
        "q=jazz&category=workshop&category=social&tag=wool&city=Lis&price=paid&max=12.50&place=online"
        "&available=on&near=38.7,-9.1&within=7&sort=distance"
    )
    filters = form.filters()
    assert form.errors == {}
    assert (filters.search, filters.city, filters.tags) == ("jazz", "Lis", ("wool",))
    assert filters.categories == ("workshop", "social")
    assert (filters.price_min, filters.price_max, filters.free) == (Decimal("0.001"), Decimal("12.50"), False)
    assert (filters.online, filters.available, filters.ordering) == (True, True, "distance")
    assert (filters.near, filters.within) == ((38.7, -9.1), 7.0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=" + "x" * 101, "q"), ("category=music", "category"), ("when=someday", "when"), ("price=cheap", "price"),
        ("since=2026-02-30", "since"), ("since=1999-12-31", "since"), ("until=9999-12-31", "until"),
        ("since=2026-06-12&until=2026-06-11", "until"), ("max=-1", "max"), ("max=NaN", "max"), ("max=1e99", "max"),
        ("max=Infinity", "max"), ("near=Lisbon", "near"), ("near=91,0", "near"), ("near=0,181", "near"),
        ("near=nan,nan", "near"), ("near=1,2,3", "near"), ("near=٣,٤", "near"), ("within=0", "within"),
        ("within=inf", "within"), ("within=nan", "within"), ("within=1e9", "within"), ("sort=title", "sort"),
        ("sort=distance", "sort"), ("place=moon", "place"), ("tag=" + "x" * 41, "tag"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_narrows_nothing(query, field):
    form = asked(query)
    assert list(form.errors) == [field]
    narrowed = form.filters()
    unasked = asked("since=2026-06-12" if "since=2026-06-12" in query else "").filters()
    assert narrowed == unasked
