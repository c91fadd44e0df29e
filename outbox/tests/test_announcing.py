import pytest
from django.db import transaction

from core.facts import Fact, Lane
from outbox import operations
from outbox.models import Message
from outbox.operations import nudging

pytestmark = pytest.mark.django_db


def test_a_rolled_back_operation_announces_nothing(happened):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        operations.announce(happened.fact, number=1)
        raise ZeroDivisionError
    assert happened.statuses() == []


def test_a_dedupe_key_announces_once(happened):
    operations.announce(happened.fact, dedupe_key="welcome:1", number=1)
    operations.announce(happened.fact, dedupe_key="welcome:1", number=2)
    assert happened.message().payload == {"number": 1}


def test_a_message_stands_in_the_lane_of_its_fact(declare):
    for lane in Lane:
        operations.announce(declare(f"test_{lane}", lane=lane).fact)
    assert dict(Message.objects.values_list("fact", "lane")) == {f"test_{lane}": lane for lane in Lane}


def test_many_announcements_of_one_transaction_nudge_once_in_each_lane(
    declare, monkeypatch, django_capture_on_commit_callbacks
):
    nudged = []
    monkeypatch.setattr(nudging, "nudge", nudged.append)
    ordinary, post = declare("test_ordinary").fact, declare("test_post", lane=Lane.POST).fact
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        operations.announce(ordinary, number=1)
        operations.announce_many(ordinary, [{"number": 2}, {"number": 3}])
        operations.announce_many(post, [{"number": 4}, {"number": 5}])
        operations.announce(post, number=6)
    assert nudged == [Lane.FACTS, Lane.POST]


@pytest.mark.parametrize("how", [{}, {"lane": Lane.POST, "together": True}], ids=["among facts", "together"])
def test_a_fact_that_reaches_outside_holds_up_nothing_else(how):
    with pytest.raises(ValueError, match="reaches outside"):
        Fact("test_outside", outside=True, **how)
