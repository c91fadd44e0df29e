from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core.facts import Fact, Lane, on
from outbox import operations
from outbox.errors import GiveUp, Later
from outbox.models import Message
from outbox.operations import delivering
from outbox.operations.delivering import MAX_ATTEMPTS

pytestmark = pytest.mark.django_db


def deliver(message: Message) -> bool:
    return operations.deliver(message=message, now=timezone.now())


def test_an_announced_fact_reaches_its_handler_once(happened):
    operations.announce(happened.fact, number=1)
    message = happened.message()

    assert deliver(message) is True
    assert deliver(message) is False
    assert happened.calls == [{"number": 1}]
    assert happened.statuses() == ["done"]


def test_a_lane_is_delivered_until_nothing_is_due(declare):
    ordinary, post = declare("test_ordinary"), declare("test_post", lane=Lane.POST, outside=True)
    operations.announce_many(ordinary.fact, [{"number": number} for number in range(3)])
    operations.announce_many(post.fact, [{"number": number} for number in range(3, 5)])

    assert operations.deliver_some(lane=Lane.FACTS, now=timezone.now()) == 3
    assert operations.deliver_some(lane=Lane.FACTS, now=timezone.now()) == 0
    assert (ordinary.written(), post.statuses()) == ([0, 1, 2], ["pending", "pending"])
    # Outside one by one: while one waits for its peer, other workers take the rest.
    assert [operations.deliver_some(lane=Lane.POST, now=timezone.now()) for _ in range(3)] == [1, 1, 0]
    assert post.statuses() == ["done", "done"]


def test_a_failed_handler_leaves_no_trace_and_is_tried_again_later(happened):
    happened.failures.append(RuntimeError("the printer is out of paper"))
    operations.announce(happened.fact, number=1)
    now = timezone.now()

    assert deliver(happened.message())

    message = happened.message()
    assert (message.status, message.attempts) == (Message.Status.PENDING, 1)
    assert message.last_error == "RuntimeError: the printer is out of paper"
    assert now < message.available_at < now + timedelta(seconds=30)
    assert happened.written() == []

    assert operations.deliver(message=message, now=message.available_at + timedelta(seconds=1))
    assert happened.statuses() == ["done"]
    assert happened.written() == [1]


def test_after_the_last_attempt_a_message_is_dead_until_staff_resend_it(happened):
    operations.announce(happened.fact, number=1)
    Message.objects.update(attempts=MAX_ATTEMPTS[Lane.FACTS] - 1)
    happened.failures.append(RuntimeError("no"))
    deliver(happened.message())
    assert happened.statuses() == ["dead"]
    assert happened.dead == [({"number": 1}, "RuntimeError: no")]
    assert not Message.objects.due(timezone.now() + timedelta(days=9)).exists()

    assert operations.resend(message=happened.message(), now=timezone.now())
    assert not operations.resend(message=happened.message(), now=timezone.now())
    assert deliver(happened.message())
    assert happened.statuses() == ["done"]


def test_a_permanent_refusal_is_dead_at_once(happened):
    happened.failures.append(GiveUp("550 no such mailbox"))
    operations.announce(happened.fact, number=1)
    deliver(happened.message())
    message = happened.message()
    assert (message.status, message.attempts, message.last_error) == ("dead", 1, "550 no such mailbox")
    assert happened.dead == [({"number": 1}, "550 no such mailbox")]
    assert happened.written() == []


def test_a_server_that_asks_to_wait_is_asked_again_then(happened):
    happened.failures.append(Later(timedelta(minutes=17), "429 too many"))
    operations.announce(happened.fact, number=1)
    before = timezone.now()
    deliver(happened.message())
    after = timezone.now()
    message = happened.message()
    assert (message.status, message.attempts, message.last_error) == ("pending", 1, "429 too many")
    assert before <= message.available_at - timedelta(minutes=17) <= after


def test_a_server_that_asks_to_wait_for_ever_is_given_up(happened):
    happened.failures.append(Later(timedelta(minutes=17), "429 too many"))
    operations.announce(happened.fact, number=1)
    Message.objects.update(attempts=MAX_ATTEMPTS[Lane.FACTS] - 1)
    deliver(happened.message())
    assert happened.statuses() == ["dead"]
    assert happened.dead == [({"number": 1}, "429 too many")]


def test_a_mail_server_may_be_away_for_two_days(declare):
    post = declare(lane=Lane.POST, outside=True)
    operations.announce(post.fact, number=1)
    begun = now = timezone.now()
    while post.statuses() == ["pending"]:
        post.failures.append(ConnectionRefusedError("nobody listens"))
        now = post.message().available_at
        operations.deliver(message=post.message(), now=now)
        Message.objects.filter(fact=post.fact.name).update(available_at=now + delivering._backoff(len(post.calls)))
    assert timedelta(days=2) < now - begun < timedelta(days=3)
    assert len(post.dead) == 1


def test_what_hears_of_the_dead_shares_their_transaction_and_cannot_keep_them_from_being_seen(happened):
    def fail(payload, error):
        Message.objects.create(fact="half", available_at=timezone.now(), created_at=timezone.now())
        raise RuntimeError("cannot say")

    happened.fact.handlers_of_dead.append(fail)
    happened.failures.append(GiveUp("refused"))
    operations.announce(happened.fact, number=1)
    deliver(happened.message())
    message = happened.message()
    assert (message.status, message.last_error) == ("dead", "refused\nNot told: RuntimeError: cannot say")
    assert not Message.objects.filter(fact="half").exists()


def test_an_error_of_any_length_and_alphabet_is_kept(happened):
    happened.failures.append(GiveUp("a\0b" + "é" * 5000))
    operations.announce(happened.fact, number=1)
    deliver(happened.message())
    assert happened.message().last_error == "ab" + "é" * 1998


def test_a_fact_that_no_code_knows_is_kept_with_its_reason():
    operations.announce(Fact("forgotten"), number=1)
    deliver(Message.objects.get())
    message = Message.objects.get()
    assert message.status == Message.Status.PENDING
    assert message.last_error == "LookupError: No code here knows the fact 'forgotten'."


def test_a_private_payload_is_emptied_once_it_is_delivered(declare):
    happened = declare(private=True)
    operations.announce(happened.fact, secret="reset link", number=1)
    deliver(happened.message())
    assert happened.calls == [{"secret": "reset link", "number": 1}]
    assert happened.message().payload == {}
    assert not operations.resend(message=happened.message(), now=timezone.now())
    assert happened.statuses() == ["done"]


def test_an_outside_fact_runs_with_no_transaction_open(declare):
    depths = []
    for how in ({"outside": True, "lane": Lane.POST}, {"lane": Lane.POST}):
        happened = declare(f"test_{len(depths)}", **how)
        on(happened.fact)(lambda **_: depths.append(len(transaction.get_connection().savepoint_ids)))
        operations.announce(happened.fact, number=1)
        deliver(happened.message())
    assert depths == [0, 1]  # inside the test's own transaction, atomic() is a savepoint


def test_what_was_delivered_long_ago_is_forgotten_and_what_failed_is_kept():
    now = timezone.now()
    for status, done_at in [("done", now - timedelta(days=40)), ("done", now), ("dead", None)]:
        Message.objects.create(fact="old", status=status, done_at=done_at, available_at=now, created_at=now)
    assert operations.forget_delivered(now=now) == 1
    assert sorted(Message.objects.values_list("status", flat=True)) == ["dead", "done"]
