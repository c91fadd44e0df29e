"""What staff and time do to the ledger."""

from datetime import datetime, timedelta

from core.facts import Lane
from outbox.models import Message
from outbox.operations.nudging import nudge_after_commit

KEEP_DELIVERED = timedelta(days=30)


def resend(*, message: Message, now: datetime) -> bool:
    """Make a message due again, with all its attempts: for staff, after the cause is mended. False when it is due or
    under way anyhow, or private and delivered: what it said is gone."""
    again = Message.objects.filter(pk=message.pk).exclude(status=Message.Status.PENDING)
    again = again.exclude(status=Message.Status.DONE, payload={})
    made_due = again.update(status=Message.Status.PENDING, attempts=0, available_at=now, done_at=None)
    nudge_after_commit(Lane(message.lane))
    return made_due == 1


def forget_delivered(*, now: datetime) -> int:
    """Delete what was delivered long ago. Returns how many."""
    old = Message.objects.filter(status=Message.Status.DONE, done_at__lt=now - KEEP_DELIVERED)
    return old.delete()[0]
