"""The workers' sign of life."""

import time

from celery import shared_task
from django.core.cache import cache

from core.facts import Lane

HEARTBEAT_FRESH_SECONDS = 45


@shared_task(name="core.heartbeat")
def heartbeat(lane: str = Lane.FACTS) -> None:
    """Beat sends it to each lane, a worker there runs it: when it is fresh, both are alive."""
    cache.set(heartbeat_key(lane), time.time(), timeout=3600)


def heartbeat_age(lane: str = Lane.FACTS) -> float | None:
    """Seconds since a worker of this lane last ran the heartbeat; None when there was none or Redis is away."""
    last = cache.get(heartbeat_key(lane))
    return None if last is None else time.time() - last


def heartbeat_key(lane: str = Lane.FACTS) -> str:
    """Where the moment is kept."""
    return f"worker-heartbeat:{Lane(lane).value}"
