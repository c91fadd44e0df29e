from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sample.programme import PROGRAMME
from sample.shapes import Admission, On

LISBON = ZoneInfo("Europe/Lisbon")
SATURDAY_EVENING = datetime(2028, 3, 25, 21, 45, tzinfo=UTC)  # the clocks change in the night
LISTINGS = [listing for listings in PROGRAMME.values() for listing in listings]


def test_tonight_is_today_while_it_has_not_begun_and_tomorrow_after():
    assert On("22:00").moment(LISBON, SATURDAY_EVENING).date().isoformat() == "2028-03-25"
    assert On("21:30").moment(LISBON, SATURDAY_EVENING).date().isoformat() == "2028-03-26"


def test_the_weekend_is_the_coming_one_even_on_its_last_evening():
    assert On("10:00", weekday="sat").moment(LISBON, SATURDAY_EVENING).date().isoformat() == "2028-04-01"
    assert On("10:00", weekday="sun").moment(LISBON, SATURDAY_EVENING).date().isoformat() == "2028-03-26"


def test_a_time_of_day_survives_the_change_of_clocks():
    starts_at = On("08:30", 1).moment(LISBON, SATURDAY_EVENING)

    assert starts_at == datetime(2028, 3, 26, 7, 30, tzinfo=UTC)


def test_sales_open_at_ten_and_close_at_the_end_of_the_day():
    opens, closes = Admission("Seat", opens=2, closes=4).sales(LISBON, SATURDAY_EVENING)

    assert opens == datetime(2028, 3, 27, 10, tzinfo=LISBON)
    assert closes == datetime(2028, 3, 30, 0, tzinfo=LISBON)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.slug)
def test_whenever_it_is_loaded_an_event_is_announced_before_and_over_or_coming_as_meant(listing):
    is_past = listing.starts.days < 0
    for hour in range(0, 15 * 24, 5):
        now = SATURDAY_EVENING + timedelta(hours=hour)
        starts_at = listing.starts.moment(ZoneInfo(listing.zone), now)
        assert now - timedelta(days=listing.announced) < starts_at
        assert (starts_at + timedelta(hours=listing.hours) < now) == is_past
        assert is_past or starts_at > now
