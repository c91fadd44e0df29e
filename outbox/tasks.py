"""The sweep: runs when nudged and every two seconds besides."""

from celery import shared_task
from django.utils import timezone

from outbox import operations
from outbox.models import Message

BATCH = 50


@shared_task(name="outbox.deliver_due")
def deliver_due() -> None:
    """Deliver all that is due. Any number may run at once: each message is claimed by one."""
    while True:
        now = timezone.now()
        due = list(Message.objects.due(now).defer("last_error")[:BATCH])
        delivered = sum(operations.deliver(message=message, now=timezone.now()) for message in due)
        if not delivered:
            return


@shared_task(name="outbox.forget_delivered")
def forget_delivered() -> None:
    operations.forget_delivered(now=timezone.now())
