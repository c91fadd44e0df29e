"""Tell workers that something is due. What they are not told of, the sweep finds."""

import time
from collections.abc import Callable

import structlog
from celery import current_app
from django.db import connection, transaction

from core.facts import Lane

log = structlog.get_logger(__name__)

# After a failed nudge the broker is left alone for a while: the sweep delivers meanwhile, and nobody
# who books has to wait for a connection that does not come about.
BROKER_REST_SECONDS = 5.0
# By then a sweep has looked: nudges that piled up behind busy workers are dropped unread.
NUDGE_EXPIRES_SECONDS = 10
# Facts go where the tasks of all apps go.
QUEUES = {Lane.FACTS: "celery", Lane.POST: "post", Lane.BULK: "bulk"}

_broker_rests_until = 0.0


def nudge_after_commit(lane: Lane = Lane.FACTS) -> None:
    """Tell a worker, once per transaction and lane, that something is due; nothing is lost if nobody hears it."""
    ring = _RINGS[lane]
    already = any(callback is ring for _, callback, *_ in connection.run_on_commit)
    if not already:
        transaction.on_commit(ring, robust=True)


def nudge(lane: Lane = Lane.FACTS) -> None:
    """Ask a worker to look now. A broker that is away costs one short attempt every few seconds."""
    global _broker_rests_until
    if time.monotonic() < _broker_rests_until:
        return
    try:
        current_app.send_task("outbox.deliver_due", args=[str(lane)], queue=QUEUES[lane], expires=NUDGE_EXPIRES_SECONDS)
    except Exception as error:  # whatever the broker's client raises: the ledger already holds the truth
        _broker_rests_until = time.monotonic() + BROKER_REST_SECONDS
        log.warning("nudge_failed", error=str(error))


def _ring(lane: Lane) -> Callable[[], None]:
    return lambda: nudge(lane)


# The same function for a lane each time, so that a transaction knows it has it already.
_RINGS = {lane: _ring(lane) for lane in Lane}
