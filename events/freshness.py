"""What an answer about an event is made of, as plain values: while they are the same, so is the answer."""

from django.db.models import Model

from core.freshness import columns
from events.availability import Availability
from events.models import Event

RELATED = ("inventory", "venue", "organizer")


def shown(event: Event, seats: Availability) -> tuple[object, ...]:
    """All that was fetched of an event, and the states its tickets are in by the clock; no queries."""
    fetched: dict[str, Model | None] = event._state.fields_cache
    related = [columns(fetched[name]) for name in RELATED if name in fetched]
    types = [(columns(one.ticket_type), columns(one.ticket_type.inventory), one.state.value) for one in seats.types]
    return columns(event), related, types, seats.state.value
