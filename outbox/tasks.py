"""The sweep: runs when nudged and every two seconds besides."""

import time

from celery import shared_task
from django.utils import timezone

from outbox import operations
from outbox.models import Message

BATCH = 50
SECONDS = 60  # the next sweep goes on; a task that ran for ever would meet its time limit in mid-message


@shared_task(name="outbox.deliver_due")
def deliver_due() -> None:
    """Deliver what is due, for a while. Any number may run at once: each message is claimed by one."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        due = list(Message.objects.due(timezone.now()).defer("last_error")[:BATCH])
        delivered = sum(operations.deliver(message=message, now=timezone.now()) for message in due)
        if not delivered:
            return


@shared_task(name="outbox.forget_delivered")
def forget_delivered() -> None:
    operations.forget_delivered(now=timezone.now())
