"""Workers beside each other: threads with connections of their own on the same ledger."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.utils import timezone

from core.facts import Lane, on
from outbox import operations
from outbox.models import Message
from tests.racing import closing, race

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 120


def work_off(lane: Lane) -> None:
    while operations.deliver_some(lane=lane, now=timezone.now()):
        pass


@pytest.mark.parametrize(
    "how",
    [{}, {"together": True}, {"lane": Lane.POST, "outside": True}],
    ids=["each by itself", "together", "outside"],
)
def test_workers_beside_each_other_deliver_each_message_once(declare, how):
    happened = declare(**how)
    operations.announce_many(happened.fact, [{"number": number} for number in range(MANY)])
    outcomes = race([lambda: work_off(happened.fact.lane)] * 4, threads=4)
    assert outcomes == [None] * 4
    assert sorted(call["number"] for call in happened.calls) == list(range(MANY))
    assert happened.written() == list(range(MANY))
    assert set(Message.objects.filter(fact=happened.fact.name).values_list("status", "attempts")) == {("done", 1)}


def test_a_row_that_another_worker_is_claiming_is_passed_by(happened):
    operations.announce_many(happened.fact, [{"number": number} for number in range(3)])
    with ThreadPoolExecutor() as pool, transaction.atomic():
        assert Message.objects.select_for_update().get(pk=happened.message(number=0).pk)
        other = pool.submit(closing(operations.deliver_some), lane=Lane.FACTS, now=timezone.now())
        assert other.result(timeout=30) == 2
    assert happened.written() == [1, 2]


def test_a_worker_that_outlasts_its_lease_writes_nothing_beside_the_one_that_came_after(happened):
    overtaken = []

    def take_too_long(**_):
        if not overtaken:
            overtaken.append(True)
            later = Message.objects.get(fact=happened.fact.name).available_at
            with ThreadPoolExecutor() as pool:
                after = pool.submit(closing(operations.deliver_some), lane=Lane.FACTS, now=later)
                assert after.result(timeout=30) == 1

    on(happened.fact)(take_too_long)
    operations.announce(happened.fact, number=1)
    assert operations.deliver_some(lane=Lane.FACTS, now=timezone.now()) == 1
    assert len(happened.calls) == 2
    assert happened.written() == [1]
    message = happened.message()
    assert (message.status, message.attempts, message.last_error) == ("done", 2, "")


def test_a_worker_that_fails_after_its_lease_leaves_alone_whose_turn_it_is(happened):
    claimed = []

    def fail_too_late(**_):
        later = Message.objects.get(fact=happened.fact.name).available_at
        with ThreadPoolExecutor() as pool:
            claimed.extend(
                pool.submit(closing(Message.objects.claim), lane="facts", most=1, at=later).result(timeout=30)
            )
        raise RuntimeError("too late")

    on(happened.fact)(fail_too_late)
    operations.announce(happened.fact, number=1)
    operations.deliver_some(lane=Lane.FACTS, now=timezone.now())
    message = happened.message()
    assert (message.status, message.attempts, message.last_error) == ("pending", 2, "")
    assert [message.available_at] == [other.available_at for other in claimed]
