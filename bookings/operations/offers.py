"""What an event sells, as it stands under its present terms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from core.rest.fields import write_moment
from events.models import Event, TicketType


@dataclass(frozen=True)
class Offer:
    """An event and its ticket types as they were read at once. Good for planning for as long as the event's
    terms stay what they are; the numbers of its inventories are only good for what they were."""

    event: Event
    types: dict[UUID, TicketType] = field(default_factory=dict)

    @property
    def terms(self) -> int:
        return self.event.inventory.terms

    @cached_property
    def document(self) -> dict[str, Any]:
        """The event as bookings show it."""
        return event_document(self.event)


def event_document(event: Event) -> dict[str, Any]:
    """What a booking says of its event in the API."""
    return {
        "id": str(event.pk),
        "slug": event.slug,
        "title": event.title,
        "status": event.status,
        "starts_at": write_moment(event.starts_at),
        "ends_at": write_moment(event.ends_at),
        "timezone": event.timezone,
    }


def read_offers(event_ids: Iterable[UUID]) -> dict[UUID, Offer]:
    """The offers of public events by id, by two narrow queries; what is no public event is left out.

    The terms are read first: what is read after them may be newer, and is then planned again, never older.
    """
    events = Event.objects.bookable().select_related("inventory").filter(pk__in=event_ids)
    offers = {event.pk: Offer(event) for event in events}
    for ticket_type in TicketType.objects.on_show().filter(event__in=list(offers)):
        offers[ticket_type.event_id].types[ticket_type.pk] = ticket_type
    return offers
