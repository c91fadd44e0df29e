from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import facts
from core.facts import Fact
from outbox import operations
from outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def happened():
    """A fact of its own, with the calls its handler has seen and what the handler should raise."""
    calls, failures = [], []
    declared = facts.fact("test_happened")

    def handle(**payload):
        calls.append(payload)
        Message.objects.create(fact="written_by_handler", available_at=timezone.now(), created_at=timezone.now())
        if failures:
            raise failures.pop()

    declared.handlers.append(handle)
    declared.calls, declared.failures = calls, failures
    yield declared
    del facts._facts["test_happened"]


def only_message(fact: Fact) -> Message:
    return Message.objects.get(fact=fact.name)


def test_an_announced_fact_reaches_its_handler_once(happened):
    operations.announce(happened, number=1)
    message = only_message(happened)

    assert operations.deliver(message=message, now=timezone.now()) is True
    assert operations.deliver(message=message, now=timezone.now()) is False
    assert happened.calls == [{"number": 1}]
    assert only_message(happened).status == Message.Status.DONE


def test_a_rolled_back_operation_announces_nothing(happened):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        operations.announce(happened, number=1)
        raise ZeroDivisionError
    assert not Message.objects.filter(fact=happened.name).exists()


def test_a_dedupe_key_announces_once(happened):
    operations.announce(happened, dedupe_key="welcome:1", number=1)
    operations.announce(happened, dedupe_key="welcome:1", number=2)
    assert only_message(happened).payload == {"number": 1}


def test_a_failed_handler_leaves_no_trace_and_is_tried_again_later(happened):
    happened.failures.append(RuntimeError("the printer is out of paper"))
    operations.announce(happened, number=1)
    now = timezone.now()

    assert operations.deliver(message=only_message(happened), now=now)

    message = only_message(happened)
    assert message.status == Message.Status.PENDING
    assert message.last_error == "RuntimeError: the printer is out of paper"
    assert message.attempts == 1
    assert message.available_at > now
    assert not Message.objects.filter(fact="written_by_handler").exists()

    assert operations.deliver(message=message, now=message.available_at + timedelta(seconds=1))
    assert only_message(happened).status == Message.Status.DONE
    assert Message.objects.filter(fact="written_by_handler").count() == 1


def test_after_the_last_attempt_a_message_is_dead_until_staff_resend_it(happened):
    operations.announce(happened, number=1)
    Message.objects.filter(fact=happened.name).update(attempts=operations.MAX_ATTEMPTS - 1)
    happened.failures.append(RuntimeError("no"))
    operations.deliver(message=only_message(happened), now=timezone.now())
    assert only_message(happened).status == Message.Status.DEAD
    assert not Message.objects.due(timezone.now() + timedelta(days=9)).filter(fact=happened.name).exists()

    operations.resend(message=only_message(happened), now=timezone.now())
    assert operations.deliver(message=only_message(happened), now=timezone.now())
    assert only_message(happened).status == Message.Status.DONE


def test_a_fact_that_no_code_knows_is_kept_with_its_reason():
    operations.announce(Fact("forgotten"), number=1)
    operations.deliver(message=Message.objects.get(), now=timezone.now())
    message = Message.objects.get()
    assert message.status == Message.Status.PENDING
    assert message.last_error == "LookupError: No code here knows the fact 'forgotten'."


def test_a_private_payload_is_emptied_once_it_is_delivered(happened):
    happened.private = True
    operations.announce(happened, secret="reset link")
    operations.deliver(message=only_message(happened), now=timezone.now())
    assert happened.calls == [{"secret": "reset link"}]
    assert only_message(happened).payload == {}


def test_an_outside_fact_runs_with_no_transaction_open(happened):
    depths = []
    happened.outside = True
    happened.handlers.append(lambda **_: depths.append(len(transaction.get_connection().savepoint_ids)))
    operations.announce(happened, number=1)
    operations.deliver(message=only_message(happened), now=timezone.now())
    happened.outside = False
    operations.announce(happened, number=2)
    operations.deliver(message=Message.objects.get(payload__number=2), now=timezone.now())
    assert depths == [0, 1]  # inside the test's own transaction, atomic() is a savepoint


def test_many_announcements_of_one_transaction_nudge_once(happened, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        operations.announce(happened, number=1)
        operations.announce(happened, number=2)
        operations.announce_many(happened, [{"number": 3}, {"number": 4}])
    assert callbacks == [operations.nudge]


def test_what_was_delivered_long_ago_is_forgotten_and_what_failed_is_kept(happened):
    now = timezone.now()
    for status, done_at in [("done", now - timedelta(days=40)), ("done", now), ("dead", None)]:
        Message.objects.create(fact="old", status=status, done_at=done_at, available_at=now, created_at=now)
    assert operations.forget_delivered(now=now) == 1
    assert sorted(Message.objects.values_list("status", flat=True)) == ["dead", "done"]
