"""The sweep of each lane: runs when nudged and every two seconds besides."""

import time
from itertools import count

from celery import shared_task
from django.utils import timezone

from core.facts import Lane
from outbox import operations

# Then others in the queue have their turn: a worker may serve several lanes, and the jobs of all apps.
SECONDS = 5


@shared_task(name="outbox.deliver_due")
def deliver_due(lane: str = Lane.FACTS) -> None:
    """Deliver what is due in a lane, for a while. Any number may run at once: each message is claimed by one.

    Where there is more than one claim takes, another worker is called: it helps if it is free, and else goes on when
    this one gives way.
    """
    until = time.monotonic() + SECONDS
    for claims in count(1):
        if not operations.deliver_some(lane=Lane(lane), now=timezone.now()):
            return
        if claims == 2:
            operations.nudge(Lane(lane))
        if time.monotonic() > until:
            return


@shared_task(name="outbox.forget_delivered")
def forget_delivered() -> None:
    operations.forget_delivered(now=timezone.now())
