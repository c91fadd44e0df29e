"""Finding events: what people may ask for, and in which order they get it."""

from events.search.filters import DEFAULT_WITHIN, LISTED, MAX_WITHIN, Filters, search_events
from events.search.orderings import ORDERINGS

__all__ = [
    "DEFAULT_WITHIN",
    "LISTED",
    "MAX_WITHIN",
    "ORDERINGS",
    "Filters",
    "search_events",
]
