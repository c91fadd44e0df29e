"""The sweep of each lane: runs when nudged and every two seconds besides."""

import time

from celery import shared_task
from django.utils import timezone

from core.facts import Lane
from outbox import operations

# Then others in the queue have their turn: a worker may serve several lanes, and the jobs of all apps.
SECONDS = 5


@shared_task(name="outbox.deliver_due")
def deliver_due(lane: str = Lane.FACTS) -> None:
    """Deliver what is due in a lane, for a while. Any number may run at once: each message is claimed by one."""
    until = time.monotonic() + SECONDS
    while operations.deliver_some(lane=Lane(lane), now=timezone.now()):
        if time.monotonic() > until:
            operations.nudge(Lane(lane))
            return


@shared_task(name="outbox.forget_delivered")
def forget_delivered() -> None:
    operations.forget_delivered(now=timezone.now())
