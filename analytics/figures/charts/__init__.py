"""Figures as charts: each answers one question, says the answer first, then draws it and lists its numbers."""

from collections.abc import Callable, Iterator
from datetime import date

from analytics.figures.charts import door, over_time, side_by_side
from analytics.figures.charts.chart import Chart, Page
from analytics.figures.present import Present
from analytics.figures.reading import Figures

__all__ = ["Chart", "charts_of"]

# In the order of a page. Each makes none where there is nothing to say.
MAKERS: list[Callable[[Page], Iterator[Chart]]] = [
    over_time.sales, over_time.taken, side_by_side.types, side_by_side.seats, side_by_side.demand, over_time.queue,
    over_time.visitors, side_by_side.cancellations, door.attendance, door.arrivals, side_by_side.categories,
    side_by_side.places, side_by_side.events,
]  # fmt: skip


def charts_of(figures: Figures, now: Present, today: date) -> list[Chart]:
    """All charts of a page."""
    page = Page(figures, now, today)
    return [chart for make in MAKERS for chart in make(page)]
