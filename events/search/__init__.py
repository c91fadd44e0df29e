"""Finding events: what people may ask for, in which order they get it, and page by page."""

from events.search.filters import DEFAULT_WITHIN, LISTED, MAX_WITHIN, Filters, search_events
from events.search.orderings import ORDERINGS
from events.search.pages import Page, page_of

__all__ = [
    "DEFAULT_WITHIN",
    "LISTED",
    "MAX_WITHIN",
    "ORDERINGS",
    "Filters",
    "Page",
    "page_of",
    "search_events",
]
