"""How messages stand, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily

from core.metrics import collector
from notifications.kinds import Channel
from notifications.models import Delivery

DELIVERIES = "Messages to people that have not arrived: on their way, or given up."


@collector
def deliveries() -> Iterator[GaugeMetricFamily]:
    family = GaugeMetricFamily("evently_deliveries", DELIVERIES, labels=["channel", "status"])
    shown = [Delivery.Status.PENDING, Delivery.Status.FAILED]
    rows = Delivery.objects.filter(status__in=shown).values_list("channel", "status").annotate(Count("pk")).order_by()
    counts = {(channel, status): count for channel, status, count in rows}
    for channel in (Channel.EMAIL, Channel.PUSH):
        for status in shown:
            family.add_metric([channel, status], counts.get((channel, status), 0))
    yield family
