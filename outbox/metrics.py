"""How the ledger stands, for Prometheus."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from core.facts import Lane
from core.metrics import collector
from outbox.models import Message

MESSAGES = "Messages that are not delivered: to come, or given up."
OLDEST = "How long the oldest message that is due has been waiting."


@collector
def outbox() -> Iterator[GaugeMetricFamily]:
    messages = GaugeMetricFamily("evently_outbox_messages", MESSAGES, labels=["lane", "status"])
    oldest = GaugeMetricFamily("evently_outbox_oldest_due_seconds", OLDEST, labels=["lane"])
    now = timezone.now()
    standing = {(row["lane"], row["status"]): row for row in Message.objects.standing(now)}
    for lane in Lane.values:
        for status in (Message.Status.PENDING, Message.Status.DEAD):
            messages.add_metric([lane, status], standing.get((lane, status), {}).get("count", 0))
        due_since = standing.get((lane, Message.Status.PENDING), {}).get("due_since") or now
        oldest.add_metric([lane], (now - due_since).total_seconds())
    yield messages
    yield oldest
