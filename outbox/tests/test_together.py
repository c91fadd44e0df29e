"""Facts that are delivered by the dozens: once each, and a bad one holds up nobody."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core.facts import Lane, on_all
from outbox import operations
from outbox.errors import GiveUp
from outbox.models import Message
from outbox.operations import delivering

pytestmark = pytest.mark.django_db


@pytest.fixture
def together(declare):
    """With `at_once`: the numbers of each list that a handler of all was given."""
    happened = declare(together=True)
    happened.at_once = []
    on_all(happened.fact)(lambda payloads: happened.at_once.append([payload["number"] for payload in payloads]))
    return happened


def announce(happened, count: int) -> None:
    operations.announce_many(happened.fact, [{"number": number} for number in range(count)])


def deliver_all() -> None:
    while operations.deliver_some(lane=Lane.FACTS, now=timezone.now()):
        pass


def test_they_are_delivered_by_the_dozens_and_each_once(together):
    announce(together, 120)
    deliver_all()
    assert [len(numbers) for numbers in together.at_once] == [50, 50, 20]
    assert together.written() == list(range(120))
    assert set(together.statuses()) == {"done"}


def test_a_bad_one_fails_alone(together):
    together.bad = {3: RuntimeError("a bad booking"), 5: GiveUp("for good")}
    announce(together, 8)
    deliver_all()
    expected = ["done"] * 8
    expected[3], expected[5] = "pending", "dead"
    assert together.statuses() == expected
    assert together.written() == [0, 1, 2, 4, 6, 7]
    assert together.message(number=3).last_error == "RuntimeError: a bad booking"
    assert together.dead == [({"number": 5}, "for good")]
    assert together.at_once == [list(range(8)), *([number] for number in range(8))]


def test_others_are_delivered_each_by_itself_beside_them(together, declare):
    alone = declare("test_alone")
    for number in range(6):
        operations.announce((together if number % 2 else alone).fact, number=number)
    alone.bad = {2: RuntimeError("no")}
    deliver_all()
    assert together.at_once == [[1, 3, 5]]
    assert alone.statuses() == ["done", "pending", "done"]


def test_who_is_muted_is_asked_once_for_all(together):
    asked = []

    def odd(payloads):
        asked.append(len(payloads))
        return [payload["number"] % 2 == 1 for payload in payloads]

    together.fact.muted = odd
    announce(together, 6)
    deliver_all()
    assert (asked, together.at_once) == ([6], [[0, 2, 4]])
    assert together.statuses() == ["done"] * 6


def test_what_is_not_begun_when_half_the_lease_is_over_is_given_back(declare, settings, monkeypatch):
    settings.OUTBOX_LEASE_SECONDS = 2
    clock = iter([0.0, 0.0, 0.9, 1.1])  # when they are claimed, and before each delivery
    monkeypatch.setattr(delivering, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    happened = declare()
    announce(happened, 3)
    assert operations.deliver_some(lane=Lane.FACTS, now=timezone.now()) == 3
    assert happened.statuses() == ["done", "done", "pending"]
    assert happened.message(number=2).attempts == 0
    assert Message.objects.due(timezone.now()).count() == 1


def test_what_was_given_back_is_delivered_once(declare, monkeypatch):
    with monkeypatch.context() as patched:
        clock = iter([0.0, 0.0, 99.0])
        patched.setattr(delivering, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        happened = declare()
        announce(happened, 3)
        operations.deliver_some(lane=Lane.FACTS, now=timezone.now())
    deliver_all()
    assert happened.written() == [0, 1, 2]


@pytest.mark.parametrize("messages", [1, 50])
def test_fifty_cost_as_many_statements_as_one(declare, django_assert_num_queries, messages):
    happened = declare(together=True)
    happened.fact.handlers.clear()
    announce(happened, messages)
    with django_assert_num_queries(4):  # claim, begin, mark as delivered, commit
        operations.deliver_some(lane=Lane.FACTS, now=timezone.now())
    assert set(happened.statuses()) == {"done"}


@pytest.mark.parametrize("how", [{}, {"together": True}], ids=["each by itself", "together"])
def test_one_that_kills_its_worker_takes_no_other_with_it(declare, how):
    happened = declare(**how)
    happened.bad = {3: SystemExit()}  # what no handler's failure is: nothing is marked, and the lease runs out
    announce(happened, 8)
    now = timezone.now()
    for _ in range(3):
        with pytest.raises(SystemExit):
            operations.deliver_some(lane=Lane.FACTS, now=now)
        now += timedelta(minutes=5)
    assert happened.written() == [0, 1, 2, 4, 5, 6, 7]
    for _ in range(delivering.MAX_ATTEMPTS[Lane.FACTS] - 3):
        with pytest.raises(SystemExit):
            operations.deliver_some(lane=Lane.FACTS, now=now)
        now += timedelta(minutes=5)
    operations.deliver_some(lane=Lane.FACTS, now=now)
    assert happened.dead == [({"number": 3}, "Its worker ended at every attempt.")]
    assert happened.statuses() == ["done"] * 3 + ["dead"] + ["done"] * 4
