from datetime import UTC, datetime

import pytest
from django.utils import timezone
from redis import Redis

from analytics import operations
from analytics.models import Haul, Sighting
from analytics.operations import counting
from bookings import operations as bookings
from bookings.errors import SoldOut
from core import sightings
from tests.factories import make_booking, make_draft, make_event, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 10, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_counted():
    sightings.flush()
    sightings.redis().delete(sightings.KEY, counting.ASIDE)


def see(event, number=1, what="view", part="", at=AT):
    sightings.redis().hincrby(sightings.KEY, f"{int(at.timestamp())}|{what}|{event.slug}|{part}", number)


def seen():
    return list(Sighting.objects.order_by("id").values_list("what", "at", "part", "count"))


def test_views_become_rows_and_add_up():
    event = make_event()
    see(event, 3)
    assert operations.bring(now=AT) == 1
    see(event, 2)
    operations.bring(now=AT)
    assert seen() == [("view", AT, "", 5)]
    assert operations.bring(now=AT) == 0


def test_a_worker_that_dies_after_its_commit_has_counted_once(monkeypatch):
    event = make_event()
    see(event, 3)
    monkeypatch.setattr(Redis, "eval", die)
    with pytest.raises(KeyboardInterrupt):
        operations.bring(now=AT)
    monkeypatch.undo()
    see(event, 4)
    assert seen() == [("view", AT, "", 3)]
    operations.bring(now=AT)  # throws away what is written
    operations.bring(now=AT)
    assert seen() == [("view", AT, "", 7)]
    assert Haul.objects.count() == 2


def test_a_worker_that_dies_before_its_commit_leaves_all_to_the_next(monkeypatch):
    see(make_event(), 3)
    monkeypatch.setattr(counting, "_write", die)
    with pytest.raises(KeyboardInterrupt):
        operations.bring(now=AT)
    monkeypatch.undo()
    operations.bring(now=AT)
    assert seen() == [("view", AT, "", 3)]


def die(*args, **kwargs):
    raise KeyboardInterrupt


def test_drafts_unknown_events_and_nonsense_are_left_out():
    see(make_draft())
    for field in (
        "1777630500|view|no-such-event|",
        "x|view|y|",
        "1777630500|smell|no-such-event|",
        "1|2",
        "9e99|view|a|",
    ):
        sightings.redis().hincrby(sightings.KEY, field, 1)
    operations.bring(now=AT)
    assert seen() == []
    assert not sightings.redis().exists(counting.ASIDE)


def test_seats_refused_are_counted_by_ticket_type_and_nothing_else_is_written():
    event = make_event(capacity=1)
    make_booking(event)
    with pytest.raises(SoldOut):
        bookings.book(request=bookings.Request(event.pk, quantity=3), customer_id=make_user().pk, now=timezone.now())
    sightings.flush()
    operations.bring(now=timezone.now())
    [(what, _, part, count)] = seen()
    assert (what, part, count) == ("refused", str(event.ticket_types.get().pk), 3)


def test_without_redis_nothing_is_counted_and_nothing_breaks(monkeypatch):
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    monkeypatch.setattr(sightings, "redis", lambda: away)
    sightings.count("view", make_event().slug)
    sightings.flush()
    assert operations.bring(now=AT) == 0
