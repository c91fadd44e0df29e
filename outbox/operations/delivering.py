"""Claim what is due, run its handlers, and write down how that ended."""

import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.facts import Fact, Lane, find
from core.logs import on_behalf_of
from core.tally import Counter
from outbox.errors import GiveUp, Later, LeaseLost
from outbox.models import Message, lease_of
from outbox.operations.nudging import nudge_after_commit

log = structlog.get_logger(__name__)

BATCH = 50
# Work in the database fails by a mistake, which somebody has to mend: an hour of attempts. A mail server may be away
# for a weekend: two days of them.
MAX_ATTEMPTS = {Lane.FACTS: 12, Lane.POST: 60, Lane.BULK: 60}
HANDLED = Counter("evently_outbox_handled_total", "How attempts to deliver ended.", ["fact", "how"])
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)


def deliver_some(*, lane: Lane, now: datetime) -> int:
    """Deliver what is due in a lane, as much as one claim takes: one message that reaches outside, since it may take as
    long as its peer likes, or fifty that do not. Returns how many were claimed.

    What has not begun when half the lease is over is given back: the other half is for the one under way.
    """
    until = time.monotonic() + lease_of(lane).total_seconds() / 2
    claimed = Message.objects.claim(lane=lane, most=BATCH if lane == Lane.FACTS else 1, at=now)
    waiting = deque(_groups(claimed))
    while waiting and time.monotonic() < until:
        group = waiting.popleft()
        if not _delivered(group):
            waiting.extendleft([message] for message in reversed(group))
    _give_back([message for group in waiting for message in group])
    return len(claimed)


def deliver(*, message: Message, now: datetime) -> bool:
    """Deliver this one if it is due. False when another worker has it."""
    return Message.objects.claim_one(message, now) and _delivered([message])


def _groups(messages: Sequence[Message]) -> list[list[Message]]:
    """Those of a fact that goes together as one group where its first stands, each other one by itself.

    So does each that was begun before, since it may be what killed its worker; every other time from behind, so that
    those before it and those after it have their turn.
    """
    groups: dict[object, list[Message]] = {}
    for message in messages:
        fact = find(message.fact)
        together = fact is not None and fact.together and message.attempts == 1
        groups.setdefault(message.fact if together else message.pk, []).append(message)
    first = [group for group in groups.values() if group[0].attempts == 1]
    again = [group for group in groups.values() if group[0].attempts > 1]
    if again and again[0][0].attempts % 2 == 0:
        again.reverse()
    return first + again


def _delivered(messages: Sequence[Message]) -> bool:
    """False when one of several has failed, and none is delivered. How a single one ends, the ledger remembers."""
    with on_behalf_of(_request_of(messages)):
        if messages[0].attempts > MAX_ATTEMPTS[Lane(messages[0].lane)]:
            _bury(messages[0], "Its worker ended at every attempt.")
            return True
        try:
            _run_handlers(messages)
        except Exception as error:  # a handler may fail in any way
            if len(messages) > 1:
                log.warning("delivered_one_by_one", fact=messages[0].fact, messages=len(messages), error=str(error))
                return False
            _settle(messages[0], error)
        return True


def _request_of(messages: Sequence[Message]) -> str:
    """The one that has led to all of them; many that go together may have come from many."""
    requests = {message.request_id for message in messages}
    return requests.pop() if len(requests) == 1 else ""


def _run_handlers(messages: Sequence[Message]) -> None:
    fact = find(messages[0].fact)
    if fact is None:
        raise LookupError(f"No code here knows the fact {messages[0].fact!r}.")
    payloads = [message.payload for message in messages]
    if fact.outside:
        fact.reach_handlers(payloads)
        _mark_done(fact, messages)
    else:
        with transaction.atomic():
            fact.reach_handlers(payloads)
            _mark_done(fact, messages)


def _mark_done(fact: Fact, messages: Sequence[Message]) -> None:
    """LeaseLost when another worker has come to them meanwhile: what was written for them is rolled back."""
    changes: dict[str, object] = {"status": Message.Status.DONE, "done_at": timezone.now(), "last_error": ""}
    if fact.private:
        changes["payload"] = {}
    if Message.objects.leased(messages).update(**changes) < len(messages):
        raise LeaseLost(f"{fact.name} took longer than its lease.")
    HANDLED.add(fact.name, "delivered", by=len(messages))


def _give_back(messages: Sequence[Message]) -> None:
    """Due at once, as if they had never been claimed."""
    if not messages:
        return
    Message.objects.leased(messages).update(available_at=timezone.now(), attempts=F("attempts") - 1)
    nudge_after_commit(Lane(messages[0].lane))


_ENDS: dict[type[Exception], str] = {LeaseLost: "lease-lost", GiveUp: "given-up", Later: "put-off"}


def _settle(message: Message, error: Exception) -> None:
    """A failed message is tried again later, or is dead."""
    HANDLED.add(message.fact, _ENDS.get(type(error), "failed"))
    about = log.bind(fact=message.fact, message_id=str(message.pk), attempts=message.attempts)
    if isinstance(error, LeaseLost):
        about.warning("lease_lost")
    elif isinstance(error, GiveUp):
        about.warning("given_up", reason=str(error))
        _bury(message, str(error))
    elif isinstance(error, Later):
        about.info("put_off", reason=str(error))
        _put_off(message, error.after, str(error))
    else:
        about.error("delivery_failed", exc_info=error)
        _put_off(message, _backoff(message.attempts), f"{type(error).__name__}: {error}")


def _backoff(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … an hour."""
    return min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)


def _put_off(message: Message, wait: timedelta, reason: str) -> None:
    if message.attempts >= MAX_ATTEMPTS[Lane(message.lane)]:
        _bury(message, reason)
    else:
        Message.objects.leased([message]).update(available_at=timezone.now() + wait, last_error=_short(reason))


def _bury(message: Message, reason: str) -> None:
    """Dead, until staff resend it. Whoever should hear of it and fails must not keep it from being seen."""
    with transaction.atomic():
        if not Message.objects.leased([message]).update(status=Message.Status.DEAD, last_error=_short(reason)):
            return
        try:
            with transaction.atomic():
                _tell_of_death(message, reason)
        except Exception as error:  # a handler may fail in any way
            log.exception("death_not_told", fact=message.fact, message_id=str(message.pk))
            untold = _short(f"{reason}\nNot told: {type(error).__name__}: {error}")
            Message.objects.filter(pk=message.pk).update(last_error=untold)


def _tell_of_death(message: Message, reason: str) -> None:
    if fact := find(message.fact):
        fact.reach_handlers_of_dead(message.payload, reason)


def _short(reason: str) -> str:
    """Servers may say anything, and PostgreSQL stores any character but one."""
    return reason.replace("\0", "")[:2000]
