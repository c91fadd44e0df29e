"""Any stretch of time is added up from slots that lie in it whole, side by side, and not from more than needed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.figures.period import Period
from analytics.figures.pieces import pieces
from analytics.models import SPANS, Level, Span

quarters = st.integers(1_790_000_000 // 900, 1_799_000_000 // 900).map(
    lambda number: datetime.fromtimestamp(number * 900, UTC)
)


@given(st.sampled_from(list(Level)), quarters, quarters)
def check_pieces(level, one, other):
    start, end = min(one, other), max(one, other)
    found = pieces(level, start, end)
    assert sum((piece.until - piece.since for piece in found), timedelta()) == end - start
    assert all(before.until == after.since for before, after in pairwise(found))
    for piece in found:
        assert piece.span in SPANS[level]
        assert piece.span.begins(piece.since) == piece.since < piece.until == piece.span.begins(piece.until)
    for shorter, longer in pairwise(SPANS[level]):
        assert all(piece.until - piece.since < 2 * longer.length for piece in found if piece.span == shorter)
    assert len(found) <= 2 * len(SPANS[level]) - 1


def test_any_stretch_is_cut_exactly_at_its_ends():
    check_pieces()


def of_a_day(zone: str, day: date = date(2026, 11, 3)) -> list[tuple[Span, int]]:
    period = Period(day, day, ZoneInfo(zone))
    return [(p.span, (p.until - p.since) // p.span.length) for p in pieces(Level.TEAM, period.start, period.end)]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", [(Span.DAY, 1)]),
        ("America/New_York", [(Span.HOUR, 24)]),
        ("Asia/Kolkata", [(Span.QUARTER, 2), (Span.HOUR, 23), (Span.QUARTER, 2)]),
        ("Asia/Kathmandu", [(Span.QUARTER, 3), (Span.HOUR, 23), (Span.QUARTER, 1)]),
    ],
)
def test_a_day_of_any_zone_costs_about_as_many_rows_as_it_has_hours(zone, expected):
    assert of_a_day(zone) == expected


def test_a_day_on_which_clocks_go_back_has_an_hour_more():
    assert of_a_day("America/New_York", date(2026, 11, 1)) == [(Span.HOUR, 25)]


def test_before_all_time_and_nothing_at_all():
    moment = datetime(2026, 11, 3, tzinfo=UTC)
    assert pieces(Level.EVENT, moment, moment) == []
    assert pieces(Level.EVENT, moment, moment - timedelta(days=1)) == []
