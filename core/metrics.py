"""What there is to measure, for Prometheus. Apps say how things stand; `evently.metrics` answers who asks.

    @collector
    def outbox() -> Iterator[Metric]:
        yield GaugeMetricFamily(…)

Nothing is counted up in memory: an installation has many processes, and whichever of them is asked has to know.
"""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

registry = CollectorRegistry()

Families = Callable[[], Iterable[Metric]]


class _Collector:
    """A function, as the registry wants it."""

    def __init__(self, families: Families) -> None:
        self.collect = families


def collector(families: Families) -> Families:
    """Register a function that is called whenever somebody asks. One cheap query a table is what it may take."""
    registry.register(_Collector(families))
    return families
