"""Who hears what by which channel, and when."""

from datetime import UTC, datetime, time

import pytest

from notifications.kinds import KINDS, Channel
from notifications.models import QuietHours
from notifications.operations.channels import Wishes, end_of_quiet


def test_the_table_speaks_of_channels_each_kind_has():
    for kind in KINDS.values():
        assert kind.channels
        assert set(kind.always) <= set(kind.channels)
        assert set(kind.asked) <= set(kind.channels)
        assert not set(kind.always) & set(kind.asked)


def test_what_is_asked_for_is_off_until_somebody_wants_it():
    tickets = KINDS["booking_confirmed"]
    assert not Wishes().hears(tickets, Channel.PUSH)
    assert Wishes(choices={("booking_confirmed", "push"): True}).hears(tickets, Channel.PUSH)


def test_what_is_needed_cant_be_switched_off():
    assert Wishes(choices={("booking_confirmed", "email"): False}).hears(KINDS["booking_confirmed"], Channel.EMAIL)


def test_what_is_not_needed_can_be():
    assert not Wishes(choices={("reminder_day", "email"): False}).hears(KINDS["reminder_day"], Channel.EMAIL)


def test_a_kind_is_heard_by_its_own_channels_only():
    assert not Wishes(choices={("verify", "bell"): True}).hears(KINDS["verify"], Channel.BELL)


@pytest.mark.parametrize(
    ("begin", "until", "now", "end"),
    [
        ("22:00", "07:00", "2026-11-22T21:59", "2026-11-22T21:59"),
        ("22:00", "07:00", "2026-11-22T22:00", "2026-11-23T07:00"),
        ("22:00", "07:00", "2026-11-23T06:59", "2026-11-23T07:00"),
        ("22:00", "07:00", "2026-11-23T07:00", "2026-11-23T07:00"),
        ("13:00", "15:00", "2026-11-22T14:00", "2026-11-22T15:00"),
        ("13:00", "15:00", "2026-11-22T15:30", "2026-11-22T15:30"),
        ("09:00", "09:00", "2026-11-22T09:00", "2026-11-22T09:00"),
    ],
)
def test_devices_are_silent_until_the_quiet_hours_end(begin, until, now, end):
    quiet = QuietHours(begin=time.fromisoformat(begin), until=time.fromisoformat(until), zone="UTC")
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert end_of_quiet(quiet, at) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_quiet_hours_go_by_the_clock_of_their_zone_also_on_the_night_it_is_put_back():
    quiet = QuietHours(begin=time(22), until=time(7), zone="Europe/Lisbon")
    night = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 23:30 in summer time; at 2:00 it is put back to 1:00
    assert end_of_quiet(quiet, night) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
