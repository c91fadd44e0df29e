"""What an event sells, as it stands under its present terms."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from core.rest.fields import write_moment
from events.codes import find_code, unlocked_by
from events.models import Event, PromoCode, TicketType


@dataclass(frozen=True)
class Offer:
    """An event and its ticket types as they were read at once. Good for planning for as long as the event's
    terms stay what they are; the numbers of its inventories are only good for what they were.

    `code`: the promo code under which it is made; the hidden types it unlocks are among the `types`.
    """

    event: Event
    types: dict[UUID, TicketType] = field(default_factory=dict)
    code: PromoCode | None = None

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


def read_offer(event_id: UUID, code: str, now: datetime) -> Offer | None:
    """The offer of one event to somebody with a promo code, if they gave one. Raises CodeRefused."""
    offer = read_offers([event_id]).get(event_id)
    return with_code(offer, code, now) if offer and code else offer


def read_office_offer(event_id: UUID, code: str, now: datetime) -> Offer | None:
    """What people of the team may sell of it: hidden types too. Raises CodeRefused."""
    event = Event.objects.select_related("inventory").filter(pk=event_id).first()
    if event is None:
        return None
    offer = Offer(event, {one.pk: one for one in TicketType.objects.for_sale().filter(event=event)})
    return replace(offer, code=find_code(event, code, now)) if code else offer


def with_code(offer: Offer, text: str, now: datetime) -> Offer:
    """The same offer to somebody with this code: with what it unlocks. Raises CodeRefused."""
    code = find_code(offer.event, text, now)
    unlocked = unlocked_by(code, offer.event)
    return replace(offer, types={**offer.types, **{one.pk: one for one in unlocked}}, code=code)
