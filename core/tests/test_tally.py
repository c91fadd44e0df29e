"""Counts of several processes, by way of Redis."""

import threading

import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError as RedisAway

from core import tally


@pytest.fixture
def doors(monkeypatch):
    """Figures of this test alone."""
    for name in ("COUNTS", "STATES"):
        monkeypatch.setattr(tally, name, f"test:{name}")
        get_redis_connection("default").delete(f"test:{name}")
    monkeypatch.setattr(tally, "_families", {})
    monkeypatch.setattr(tally, "_gathered", tally.Sums())
    monkeypatch.setattr(tally, "_states", [])


def figures() -> dict[tuple[str, ...], float]:
    found = [sample for family in tally.families() for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in found}


def test_what_is_counted_shows_once_it_has_been_reported(doors):
    opened = tally.Counter("opened_total", "Doors opened.", ["door"])
    opened.add("front")
    opened.add("back", by=2)
    assert ("opened_total", "front") not in figures()
    tally.flush()
    opened.add("front")
    tally.flush()
    assert figures() == {("opened_total", "front"): 2, ("opened_total", "back"): 2}


def test_a_histogram_counts_each_bucket_with_those_below(doors):
    took = tally.Histogram("took_seconds", "How long.", ["door"])
    for seconds in (0.004, 0.005, 0.07, 60):
        took.observe(seconds, "front")
    tally.flush()
    found = figures()
    assert [found["took_seconds_bucket", "front", end] for end in ("0.005", "0.05", "0.1", "10.0", "+Inf")] == [
        2,
        2,
        3,
        3,
        4,
    ]
    assert (found["took_seconds_count", "front"], found["took_seconds_sum", "front"]) == (4, pytest.approx(60.079))


def test_threads_that_count_at_the_same_time_lose_nothing(doors):
    opened = tally.Counter("opened_total", "Doors opened.")
    threads = [threading.Thread(target=lambda: [opened.add() for _ in range(5000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        tally.flush()
        thread.join()
    tally.flush()
    assert figures() == {("opened_total",): 20000}


def test_while_redis_is_away_counts_wait(doors, monkeypatch):
    opened = tally.Counter("opened_total", "Doors opened.")
    opened.add()
    there = tally.get_redis_connection

    def away(alias):
        raise RedisAway("gone")

    monkeypatch.setattr(tally, "get_redis_connection", away)
    with pytest.raises(RedisAway):
        tally.flush()
    opened.add()
    monkeypatch.setattr(tally, "get_redis_connection", there)
    tally.flush()
    assert figures() == {("opened_total",): 2}


def test_how_processes_stand_is_added_up_until_they_are_gone(doors, monkeypatch):
    tally.state(lambda: {"evently_live_pages": 3})
    hosts = iter(["one", "two", "one"])
    monkeypatch.setattr(tally.socket, "gethostname", lambda: next(hosts))
    tally.flush("web")
    tally.flush("web")
    assert figures() == {("evently_processes", "web"): 2, ("evently_live_pages", "web"): 6}
    tally.goodbye("web")
    assert figures()["evently_processes", "web"] == 1
    monkeypatch.setattr(tally, "GONE_SECONDS", -1)
    assert figures() == {}
