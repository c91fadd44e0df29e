"""Announce facts, deliver them, try again, give up where staff see it."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from core.facts import Fact, find
from outbox.models import Message

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)
KEEP_DELIVERED = timedelta(days=30)
# After a failed nudge the broker is left alone for a while: the sweep delivers meanwhile, and nobody
# who books has to wait for a connection that does not come about.
BROKER_REST_SECONDS = 5.0

_broker_rests_until = 0.0


def announce(fact: Fact, *, dedupe_key: str | None = None, **payload: object) -> None:
    """Write down, in the caller's transaction, that a fact's handlers must run; nudge a worker after commit."""
    announce_many(fact, [payload], dedupe_keys=[dedupe_key])


def announce_many(
    fact: Fact,
    payloads: Iterable[dict[str, object]],
    *,
    dedupe_keys: Iterable[str | None] | None = None,
    at: Iterable[datetime | None] | None = None,
) -> None:
    """`announce` for many payloads with one INSERT. A dedupe key that exists already is announced only once. With `at`
    the handlers run at those moments, not before."""
    now = timezone.now()
    payloads = list(payloads)
    keys = list(dedupe_keys) if dedupe_keys is not None else [None] * len(payloads)
    moments = [moment or now for moment in at] if at is not None else [now] * len(payloads)
    Message.objects.bulk_create(
        [
            Message(fact=fact.name, payload=_plain(payload), dedupe_key=key, available_at=moment, created_at=now)
            for payload, key, moment in zip(payloads, keys, moments, strict=True)
        ],
        ignore_conflicts=any(key is not None for key in keys),
    )
    if any(moment <= now for moment in moments):
        nudge_after_commit()


def nudge_after_commit() -> None:
    """Tell a worker, once per transaction, that something is due; nothing is lost if nobody hears it."""
    already = any(callback is nudge for _, callback, *_ in connection.run_on_commit)
    if not already:
        transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Ask a worker to look now. A broker that is away costs one short attempt every few seconds."""
    global _broker_rests_until
    if time.monotonic() < _broker_rests_until:
        return
    try:
        current_app.send_task("outbox.deliver_due")
    except Exception as error:  # whatever the broker's client raises: the ledger already holds the truth
        _broker_rests_until = time.monotonic() + BROKER_REST_SECONDS
        log.warning("nudge_failed", error=str(error))


def deliver(*, message: Message, now: datetime) -> bool:
    """Run the handlers of one message if it is still due. False when another worker has it."""
    if not Message.objects.claim(message.pk, now):
        return False
    fact = find(message.fact)
    try:
        if fact is None:
            raise LookupError(f"No code here knows the fact {message.fact!r}.")
        if fact.outside:
            fact.reach_handlers(message.payload)
            _mark_done(fact, message)
        else:
            with transaction.atomic():
                fact.reach_handlers(message.payload)
                _mark_done(fact, message)
    except Exception as error:  # a handler may fail in any way; the ledger remembers and tries again
        log.exception("delivery_failed", fact=message.fact, message_id=str(message.pk))
        _back_off(message, error)
    return True


def resend(*, message: Message, now: datetime) -> None:
    """Make a message due again, with all its attempts: for staff, after the cause is mended."""
    Message.objects.filter(pk=message.pk).exclude(status=Message.Status.PENDING).update(
        status=Message.Status.PENDING, attempts=0, available_at=now, done_at=None
    )
    nudge_after_commit()


def forget_delivered(*, now: datetime) -> int:
    """Delete what was delivered long ago. Returns how many."""
    old = Message.objects.filter(status=Message.Status.DONE, done_at__lt=now - KEEP_DELIVERED)
    return old.delete()[0]


def _plain(payload: dict[str, object]) -> dict[str, object]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}


def _mark_done(fact: Fact, message: Message) -> None:
    changes: dict[str, object] = {"status": Message.Status.DONE, "done_at": timezone.now(), "last_error": ""}
    if fact.private:
        changes["payload"] = {}
    Message.objects.filter(pk=message.pk).update(**changes)


def _back_off(message: Message, error: Exception) -> None:
    """Try again later: 2 s, 4 s, 8 s … an hour; after the last attempt the message is dead."""
    message.refresh_from_db(fields=["attempts"])
    dead = message.attempts >= MAX_ATTEMPTS
    wait = min(FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY)
    Message.objects.filter(pk=message.pk, status=Message.Status.PENDING).update(
        status=Message.Status.DEAD if dead else Message.Status.PENDING,
        available_at=timezone.now() + wait,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )
