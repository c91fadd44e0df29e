from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.templatetags.evently import zone


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
    assert zone(datetime(2026, 6, 1, 12, tzinfo=UTC).astimezone(ZoneInfo(name))) == words
