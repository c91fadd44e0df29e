from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.moments import in_words, zone_name


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
