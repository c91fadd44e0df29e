"""Events as pages show them. Reads what `EventQuerySet.with_all` has fetched, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Permission, may
from core import money
from core.freshness import columns, fingerprint
from events.availability import Availability, State, TypeAvailability, availability_of
from events.covers import cover_url
from events.freshness import shown
from events.models import Event, PromoCode
from events.policy import sentence, steps_of
from events.prices import included, note_on, price_from
from events.share_image import share_version
from events.structured_data import structured_data

# What the one button of an event's page says. Where it can't be pressed, it says why; before the sale, when.
ACTIONS = {
    State.OPEN: "Get tickets",
    State.FEW: "Get tickets",
    State.SOLD_OUT: "Sold out",
    State.CLOSED: "Sales have closed",
    State.POSTPONED: "Postponed",
    State.CANCELLED: "Cancelled",
    State.PAST: "This event is over",
    State.DRAFT: "Not published yet",
}


@dataclass(frozen=True)
class EventCard:
    """An event with what its card says about it. Everything else is asked of the event itself."""

    event: Event
    availability: Availability
    cover_url: str
    price_from: str
    price_note: str

    @cached_property
    def shown(self) -> str:
        """A digest of all that the card, or the event's page, is made of."""
        return fingerprint(shown(self.event, self.availability))

    @cached_property
    def words(self) -> str:
        """A digest of what an event's page says of it beside its tickets."""
        event = self.event
        parts = columns(event), columns(event.venue), columns(event.organizer)
        return fingerprint(parts, self.availability.state.value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.event, name)

    @property
    def ends_the_same_day(self) -> bool:
        """By the event's own calendar; what ends before six in the morning belongs to the evening before."""
        return (self.event.local_end - timedelta(hours=6)).date() <= self.event.local_start.date()

    @property
    def clocks_change(self) -> bool:
        """Whether summer time begins or ends during the event, so that both times need their zone."""
        return self.event.local_start.utcoffset() != self.event.local_end.utcoffset()

    @property
    def local_cancellable_until(self) -> datetime:
        return self.event.cancellable_until.astimezone(self.event.zone)

    @property
    def zone_words(self) -> str:
        """'Europe/Lisbon, UTC+01:00': the offset that holds when the event starts."""
        return f"{self.event.timezone.replace('_', ' ')}, UTC{self.event.local_start.isoformat()[-6:]}"

    @property
    def map_url(self) -> str:
        """The venue on OpenStreetMap: its coordinates where they are known, else a search for its address.
        Empty for an online event."""
        venue = self.event.venue
        if venue is None:
            return ""
        if venue.latitude is None:
            place = ", ".join(filter(None, [venue.name, venue.address, venue.city]))
            return f"https://www.openstreetmap.org/search?{urlencode({'query': place})}"
        spot = f"{venue.latitude}/{venue.longitude}"
        return f"https://www.openstreetmap.org/?mlat={venue.latitude}&mlon={venue.longitude}#map=17/{spot}"


def card_of(event: Event, now: datetime) -> EventCard:
    """An event as <c-event-card> takes it; no queries."""
    availability = availability_of(event, now)
    prices = price_from(availability, event.currency), note_on(event, availability)
    return EventCard(event, availability, cover_url(event), *prices)


def cards_of(events: Iterable[Event], now: datetime) -> list[EventCard]:
    return [card_of(event, now) for event in events]


@dataclass(frozen=True)
class PickerLine:
    """One ticket type in the ticket picker, with the quantity that its stepper starts at, and the promo code that was
    given, if one was."""

    available: TypeAvailability
    quantity: object
    code: PromoCode | None = None

    @property
    def price(self) -> str:
        """What one ticket costs in all, with the code."""
        ticket_type = self.available.ticket_type
        return money.words(ticket_type.price - self._off, ticket_type.event.currency)

    @property
    def was(self) -> str:
        """What it costs without the code, where that is more."""
        return self.available.ticket_type.price_label if self._off else ""

    @property
    def note(self) -> str:
        """What is in the price."""
        ticket_type = self.available.ticket_type
        return included(ticket_type.event, ticket_type, self._off)

    @property
    def _off(self) -> int:
        return self.code.discount_on(self.available.ticket_type) if self.code else 0

    @property
    def name(self) -> str:
        """The form field's name."""
        return quantity_field(self.available.ticket_type.pk)

    @property
    def limit(self) -> str:
        """Why there can't be more."""
        ticket_type, most = self.available.ticket_type, self.available.most
        if most < ticket_type.max_per_booking:
            return f"Only {most:,} left."
        return f"At most {most:,} in one booking."


def quantity_field(ticket_type_id: UUID) -> str:
    """The name of a ticket type's quantity in the ticket picker's form."""
    return f"quantity_{ticket_type_id}"


def detail_context(
    event: Event,
    request: HttpRequest,
    now: datetime,
    *,
    chosen: Mapping[str, object] | None = None,
    code: PromoCode | None = None,
    **extra: object,
) -> dict[str, object]:
    """What events/detail.html needs, whole or as its fragment `#picker`.

    `chosen`: what was entered, by ticket type id, to show a refused choice again. `code`: the promo code that was
    given, for which `events.codes.unlock` has prepared the event. `extra`: more names for the template, such as
    `errors`, a list of sentences on top of the picker.
    """
    card = card_of(event, now)
    share_url = reverse("events:share_image", args=[event.slug])
    is_draft = event.status == Event.Status.DRAFT  # the one state in which the page offers to edit
    return {
        "event": card,
        "lines": _picker_lines(card.availability, chosen or {}, code),
        "code": code,
        "code_words": code.words(event.currency) if code else "",
        "action": ACTIONS.get(card.availability.state, card.availability.label),
        "key": uuid4(),
        "now": now,
        "refunds": _refunds(event, card.availability, now),
        "may_edit": is_draft and may(request.user, Permission.EDIT_EVENTS, event.organizer_id),
        # The page's one address, also where it is shown from another, with a choice that was refused.
        "canonical_url": settings.BASE_URL + event.get_absolute_url(),
        "image_url": f"{settings.BASE_URL}{share_url}?v={share_version(event)}",
        "structured_data": structured_data(event, card.availability),
        **extra,
    }


def _refunds(event: Event, availability: Availability, now: datetime) -> str:
    """What comes back to who cancels, in a sentence; empty where nobody pays before."""
    dearest = max((one.ticket_type.price for one in availability.types), default=0)
    if not event.must_be_paid_first(dearest):
        return ""
    return sentence(steps_of(event.policy, event.starts_at), event.zone, now)


def _picker_lines(availability: Availability, chosen: Mapping[str, object], code: PromoCode | None) -> list[PickerLine]:
    """All ticket types; the only one of an event starts at its smallest booking, others at none."""
    alone = len(availability.types) == 1
    return [
        PickerLine(
            available,
            chosen.get(str(available.ticket_type.pk), available.ticket_type.min_per_booking if alone else 0),
            code,
        )
        for available in availability.types
    ]
