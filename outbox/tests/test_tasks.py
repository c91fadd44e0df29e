from types import SimpleNamespace

import pytest

from core.facts import Lane
from outbox import operations, tasks
from outbox.tasks import SECONDS, deliver_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(monkeypatch) -> list[Lane]:
    """The lanes for which workers were called to help."""
    lanes: list[Lane] = []
    monkeypatch.setattr(operations, "nudge", lanes.append)
    return lanes


def announce(happened, messages: int) -> None:
    operations.announce_many(happened.fact, [{"number": number} for number in range(messages)])


def test_a_lane_is_worked_off_and_no_other(declare, called):
    ordinary, post = declare("test_ordinary"), declare("test_post", lane=Lane.POST, outside=True)
    announce(ordinary, 2)
    announce(post, 1)
    deliver_due()
    assert (ordinary.statuses(), post.statuses()) == (["done", "done"], ["pending"])
    deliver_due("post")
    assert post.statuses() == ["done"]
    assert called == []


def test_where_there_is_much_to_do_one_other_is_called(declare, called):
    post = declare(lane=Lane.POST, outside=True)
    announce(post, 7)
    deliver_due("post")
    assert post.written() == list(range(7))
    assert called == [Lane.POST]


def test_after_a_while_others_have_their_turn(declare, called, monkeypatch):
    clock = iter([0.0, 1.0, SECONDS + 1.0])  # when it begins, and after each message
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    bulk = declare(lane=Lane.BULK, outside=True)
    announce(bulk, 7)
    deliver_due("bulk")
    assert bulk.written() == [0, 1]
    assert called == [Lane.BULK]
