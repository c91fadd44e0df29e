"""How the lines stand, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count, Sum
from prometheus_client.core import GaugeMetricFamily

from core.metrics import collector
from waitlist.models import Entry


@collector
def lines() -> Iterator[GaugeMetricFamily]:
    """By two statements, each of which has an index of its own."""
    parties = GaugeMetricFamily("evently_waitlist_parties", "Parties in line, or with an offer.", labels=["status"])
    seats = GaugeMetricFamily("evently_waitlist_seats", "The seats that they want.", labels=["status"])
    for status, entries in (("waiting", Entry.objects.waiting()), ("offered", Entry.objects.offered())):
        counts = entries.order_by().aggregate(parties=Count("pk"), seats=Sum("quantity", default=0))
        parties.add_metric([status], counts["parties"])
        seats.add_metric([status], counts["seats"])
    yield parties
    yield seats
