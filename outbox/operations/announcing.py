"""Write down, in the transaction in which something happens, that its handlers must run."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core.facts import Fact
from core.logs import current_request_id
from outbox.models import Message
from outbox.operations.nudging import nudge_after_commit


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
    payloads = [_plain(payload) for payload in payloads]
    keys = list(dedupe_keys) if dedupe_keys is not None else [None] * len(payloads)
    moments = [moment or now for moment in at] if at is not None else [now] * len(payloads)
    common = {"fact": fact.name, "lane": fact.lane, "created_at": now, "request_id": current_request_id()}
    Message.objects.bulk_create(
        [
            Message(payload=payload, dedupe_key=key, available_at=moment, **common)
            for payload, key, moment in zip(payloads, keys, moments, strict=True)
        ],
        ignore_conflicts=any(key is not None for key in keys),
    )
    if any(moment <= now for moment in moments):
        nudge_after_commit(fact.lane)


def _plain(payload: dict[str, object]) -> dict[str, object]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}
