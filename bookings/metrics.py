"""How baskets stand, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from bookings.models import Booking
from core.metrics import collector


@collector
def baskets() -> Iterator[GaugeMetricFamily]:
    overdue = Count("pk", filter=Q(hold_expires_at__lt=timezone.now()))
    counts = Booking.objects.pending().order_by().aggregate(all=Count("pk"), overdue=overdue)
    yield GaugeMetricFamily("evently_holds", "Baskets that keep seats.", value=counts["all"])
    yield GaugeMetricFamily("evently_holds_overdue", "Those of them whose time is up.", value=counts["overdue"])
