"""The orders in which events are listed. Each is total: the id decides between equals."""

from decimal import Decimal

from django.db.models import DecimalField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from core.errors import Invalid
from events.models import Event

# What a list is ordered by, under the name by which `page_of` finds the key on each event.
KEYS: dict[str, Combinable] = {
    "date": F("starts_at"),
    "newest": Coalesce("published_at", "created_at"),
    "price": Coalesce("lowest_price", Value(Decimal(0)), output_field=DecimalField(max_digits=14, decimal_places=3)),
    "relevance": F("relevance"),
    "distance": F("distance"),
}
# Soonest, latest, newest, cheapest, dearest, best fit and nearest first.
ORDERINGS = {
    "date": "by_date",
    "-date": "-by_date",
    "newest": "-by_newest",
    "price": "by_price",
    "-price": "-by_price",
    "relevance": "-by_relevance",
    "distance": "by_distance",
}


def arrange(queryset: QuerySet[Event], ordering: str, *, searching: bool, near: bool) -> QuerySet[Event]:
    """Order a list. Raises Invalid for an order that does not exist or has nothing to go by."""
    default = "relevance" if searching else "distance" if near else "date"
    name = ordering or default
    possible = [one for one in ORDERINGS if (searching or one != "relevance") and (near or one != "distance")]
    if name not in possible:
        raise Invalid({"ordering": [f"Here one of {', '.join(possible)}."]})
    key = ORDERINGS[name]
    sign = "-" if key.startswith("-") else ""
    annotated = queryset.annotate(**{key.lstrip("-"): KEYS[name.lstrip("-")]})
    return annotated.order_by(key, f"{sign}id")
