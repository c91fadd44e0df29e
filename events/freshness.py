"""What an answer about an event is made of, as plain values: while they are the same, so is the answer."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Model

from accounts.models import User
from core.freshness import columns
from events.availability import Availability
from events.models import Event

RELATED = ("inventory", "venue", "organizer")

Personal = Callable[[User, Event, datetime], object]
_personal: list[Personal] = []


def on_event_page(read: Personal) -> Personal:
    """Register what an app above shows on an event's page to somebody who is signed in, as plain values."""
    _personal.append(read)
    return read


def personal(user: User, event: Event, at: datetime) -> list[object]:
    """What an event's page says to this person alone."""
    return [read(user, event, at) for read in _personal]


def shown(event: Event, seats: Availability) -> tuple[object, ...]:
    """All that was fetched of an event, and the states its tickets are in by the clock; no queries."""
    fetched: dict[str, Model | None] = event._state.fields_cache
    related = [columns(fetched[name]) for name in RELATED if name in fetched]
    types = [(columns(one.ticket_type), columns(one.ticket_type.inventory), one.state.value) for one in seats.types]
    return columns(event), related, types, seats.state.value
