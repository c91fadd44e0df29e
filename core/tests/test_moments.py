from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.moments import in_words, span_in_words, zone_name

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Europe/Berlin", "CEST"),
        ("UTC", "UTC"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Asia/Kuwait", "UTC+3"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("Pacific/Marquesas", "UTC-9:30"),
    ],
)
def test_zones_are_named_by_letters_or_else_by_their_offset(name, words):
    assert zone_name(datetime(2026, 6, 1, 12, tzinfo=UTC).astimezone(ZoneInfo(name))) == words


def test_a_moment_in_words_names_day_time_and_zone():
    moment = datetime(2026, 12, 4, 22, 30, tzinfo=UTC).astimezone(ZoneInfo("America/Sao_Paulo"))
    assert in_words(moment) == "Friday 4 December, 19:30 UTC-3"


@pytest.mark.parametrize(
    ("start", "hours", "words"),
    [
        (datetime(2026, 12, 4, 19, 30, tzinfo=LISBON), 2, "Friday 4 December 2026, 19:30–21:30 WET"),
        (
            datetime(2026, 12, 4, 22, tzinfo=LISBON),
            4,
            "Friday 4 December 2026, 22:00 WET, until Saturday 5 December, 02:00 WET",
        ),
        (
            datetime(2027, 3, 28, 0, tzinfo=LISBON),
            5,
            "Sunday 28 March 2027, 00:00 WET until 05:00 WEST",
        ),
    ],
)
def test_a_span_in_words_names_the_day_once_where_it_can(start, hours, words):
    assert span_in_words(start, start + timedelta(hours=hours)) == words
