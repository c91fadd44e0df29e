"""The worker's sign of life."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_FRESH_SECONDS = 45


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    """Beat sends it, a worker runs it: when it is fresh, both are alive."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=3600)


def heartbeat_age() -> float | None:
    """Seconds since a worker last ran the heartbeat; None when there was none or Redis is away."""
    last = cache.get(HEARTBEAT_KEY)
    return None if last is None else time.time() - last
