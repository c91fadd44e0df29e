"""What programs say and hear about events. Money: decimal strings in major units; moments: ISO 8601."""

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.validators import URLValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import money
from core.rest.fields import Flag, Id, Moment, Text, Whole
from events.availability import State, TypeAvailability
from events.covers import cover_url
from events.models import Category, Event, PaymentMethod, WaitlistOrder
from events.operations.inputs import MAX_REFUND_STEPS, MAX_TAG_LENGTH
from events.search import DEFAULT_WITHIN, MAX_WITHIN, ORDERINGS

PAGE_SIZE, LARGEST_PAGE = 20, 100


class Number(serializers.FloatField):
    """A number that is one: neither infinite nor "not a number"."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


@extend_schema_field(OpenApiTypes.DOUBLE)
class Degrees(Number):
    """Degrees, kept to six decimals: a tenth of a metre."""

    def to_internal_value(self, data: Any) -> Decimal:  # type: ignore[override]
        return Decimal(f"{super().to_internal_value(data):.6f}")


# --- What an organiser sends ------------------------------------------------------------------------


class VenueIn(serializers.Serializer):
    name = Text(max_length=160)
    address = Text(max_length=240, required=False, allow_blank=True)
    city = Text(max_length=120)
    country = Text(max_length=2, help_text="ISO 3166-1 alpha-2, such as PT.")
    latitude = Degrees(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = Degrees(min_value=-180, max_value=180, required=False, allow_null=True)


class TicketTypeIn(serializers.Serializer):
    """`id` of one that exists changes it; what is left out then stays as it is."""

    id = Id(required=False)
    name = Text(max_length=80, required=False)
    description = Text(max_length=280, required=False, allow_blank=True)
    price = serializers.DecimalField(
        max_digits=12,
        decimal_places=4,
        required=False,
        help_text="In major units: '12.50'. With tax, or without it, as your team enters prices; without the fee.",
    )
    tax_rate = serializers.DecimalField(
        max_digits=6, decimal_places=3, required=False, allow_null=True, help_text="Per cent; null: your team's."
    )
    hidden = Flag(required=False, help_text="Sold only with a promo code that unlocks it.")
    currency = Text(max_length=3, required=False, help_text="ISO 4217; the same for all types of an event.")
    capacity = Whole(required=False, allow_null=True, help_text="null: limited by the event alone.")
    sales_start_at = Moment(required=False, allow_null=True)
    sales_end_at = Moment(required=False, allow_null=True)
    min_per_booking = Whole(required=False)
    max_per_booking = Whole(required=False)


class RefundStep(serializers.Serializer):
    """So much of what was paid comes back to who cancels until so long before the start."""

    hours = Whole(help_text="Before the start.")
    percent = Whole(help_text="From 1 to 100.")


class EventIn(serializers.Serializer):
    """An event. `organizer` is the id of one of your teams: needed if you are in several."""

    organizer = Id(required=False)
    title = Text(max_length=160)
    summary = Text(max_length=280, required=False, allow_blank=True)
    description = Text(max_length=20_000, required=False, allow_blank=True, help_text="Markdown.")
    category = serializers.ChoiceField(Category.choices, required=False)
    tags = serializers.ListField(child=Text(max_length=MAX_TAG_LENGTH), required=False, max_length=50)
    timezone = Text(max_length=60, required=False, help_text="IANA zone, such as Europe/Lisbon.")
    starts_at = Moment()
    ends_at = Moment()
    venue = VenueIn(required=False, allow_null=True)
    online_url = Text(
        max_length=500, required=False, allow_blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    capacity = Whole(required=False)
    currency = Text(max_length=3, required=False, help_text="ISO 4217; may stand on the ticket types instead.")
    max_per_person = Whole(required=False, allow_null=True)
    cancellation_hours = Whole(required=False)
    payment_methods = serializers.ListField(
        child=serializers.ChoiceField(PaymentMethod.choices),
        required=False,
        max_length=len(PaymentMethod),
        help_text="How guests may pay for what costs something.",
    )
    refund_steps = RefundStep(
        many=True,
        required=False,
        max_length=MAX_REFUND_STEPS,  # type: ignore[call-arg]
        help_text="The earliest deadline and the largest percentage first. Empty: no refund.",
    )
    waitlist_order = serializers.ChoiceField(WaitlistOrder.choices, required=False)
    offer_minutes = Whole(required=False, help_text="How long seats stay reserved for who is next in line.")
    fee_name = Text(max_length=40, required=False)
    fee_fixed = serializers.DecimalField(
        max_digits=12, decimal_places=4, required=False, help_text="On each paid ticket, with its tax: '1.50'."
    )
    fee_percent = serializers.DecimalField(
        max_digits=6, decimal_places=3, required=False, help_text="Of each ticket's price with tax."
    )
    ticket_types = TicketTypeIn(many=True, required=False)
    status = serializers.ChoiceField(Event.Status.choices, required=False)


class EventChange(EventIn):
    """Any of it, at the `version` it was read at (or the header If-Match)."""

    organizer = None  # type: ignore[assignment]  # an event stays with its team
    title = Text(max_length=160, required=False)
    starts_at = Moment(required=False)
    ends_at = Moment(required=False)
    version = Whole(required=False)


# --- What everyone hears ----------------------------------------------------------------------------


class OrganizerOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class VenueOut(serializers.Serializer):
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class TaxOut(serializers.Serializer):
    """A tax that is part of a total: `rate` in per cent of the net."""

    name = serializers.CharField()
    rate = serializers.CharField()
    amount = serializers.CharField()


class FeeOut(serializers.Serializer):
    """A fee that is part of a total."""

    name = serializers.CharField()
    amount = serializers.CharField()


class TicketTypeOut(serializers.Serializer):
    """A ticket type and what is left of it (a TypeAvailability)."""

    id = serializers.UUIDField(source="ticket_type.id")
    name = serializers.CharField(source="ticket_type.name")
    description = serializers.CharField(source="ticket_type.description")
    price = serializers.SerializerMethodField(help_text="As the organiser entered it.")
    total_price = serializers.SerializerMethodField(help_text="What a guest pays: with tax and fee.")
    tax_rate = serializers.SerializerMethodField(help_text="As the organiser entered it; null: the team's.")
    tax = serializers.SerializerMethodField()
    fee = serializers.SerializerMethodField()
    hidden = serializers.BooleanField(
        source="ticket_type.hidden", help_text="Shown to its team alone, and sold with a promo code."
    )
    currency = serializers.CharField(source="ticket_type.event.currency")
    capacity = serializers.SerializerMethodField()
    free = serializers.IntegerField()
    state = serializers.ChoiceField([(state.value, state.value) for state in State])
    sales_start_at = Moment(source="ticket_type.sales_start_at", allow_null=True)
    sales_end_at = Moment(source="ticket_type.sales_end_at", allow_null=True)
    min_per_booking = serializers.IntegerField(source="ticket_type.min_per_booking")
    max_per_booking = serializers.IntegerField(source="ticket_type.max_per_booking")

    def get_price(self, seats: TypeAvailability) -> str:
        return money.plain(seats.ticket_type.asked_price, seats.ticket_type.event.currency)

    def get_total_price(self, seats: TypeAvailability) -> str:
        return money.plain(seats.ticket_type.price, seats.ticket_type.event.currency)

    def get_tax_rate(self, seats: TypeAvailability) -> str | None:
        rate = seats.ticket_type.own_tax_rate
        return None if rate is None else money.plain_percent(rate)

    @extend_schema_field(TaxOut)
    def get_tax(self, seats: TypeAvailability) -> dict[str, str]:
        one = seats.ticket_type
        amount = money.plain(one.tax, one.event.currency)
        return {"name": one.event.organizer.tax_name, "rate": money.plain_percent(one.tax_rate), "amount": amount}

    @extend_schema_field(FeeOut)
    def get_fee(self, seats: TypeAvailability) -> dict[str, str]:
        one = seats.ticket_type
        return {"name": one.event.fee_name, "amount": money.plain(one.fee, one.event.currency)}

    def get_capacity(self, seats: TypeAvailability) -> int | None:
        return seats.capacity if seats.ticket_type.inventory else None


class EventLinks(serializers.Serializer):
    self = serializers.CharField()
    availability = serializers.CharField()
    page = serializers.CharField()


class EventCard(serializers.Serializer):
    """An event with its `seats`: an Availability."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    slug = serializers.CharField()
    status = serializers.ChoiceField(Event.Status.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    category = serializers.ChoiceField(Category.choices)
    tags = serializers.ListField(child=serializers.CharField())
    timezone = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment()
    organizer = OrganizerOut()
    venue = VenueOut(allow_null=True)
    online = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField(help_text="The organiser's picture, or drawn art.")
    capacity = serializers.IntegerField(source="seats.capacity")
    free = serializers.IntegerField(source="seats.free")
    sold_out = serializers.BooleanField(source="seats.sold_out")
    state = serializers.ChoiceField(
        [(state.value, state.value) for state in State], source="seats.state", help_text="What one can do now."
    )
    currency = serializers.CharField()
    max_per_person = serializers.IntegerField(allow_null=True)
    cancellation_hours = serializers.IntegerField()
    payment_methods = serializers.ListField(child=serializers.ChoiceField(PaymentMethod.choices))
    refund_steps = serializers.SerializerMethodField(help_text="After the last one nothing comes back.")
    waitlist_order = serializers.ChoiceField(WaitlistOrder.choices)
    offer_minutes = serializers.IntegerField()
    fee_name = serializers.CharField()
    fee_fixed = serializers.SerializerMethodField(help_text="On each paid ticket, with its tax.")
    fee_percent = serializers.SerializerMethodField(help_text="Of each ticket's price with tax.")
    ticket_types = TicketTypeOut(source="seats.types", many=True)
    links = serializers.SerializerMethodField()

    def get_fee_fixed(self, event: Event) -> str:
        return money.plain(event.fee_fixed, event.currency)

    def get_fee_percent(self, event: Event) -> str:
        return money.plain_percent(event.fee_percent)

    def get_online(self, event: Event) -> bool:
        return event.venue is None

    @extend_schema_field(RefundStep(many=True))
    def get_refund_steps(self, event: Event) -> list[dict[str, int]]:
        return [{"hours": hours, "percent": percent} for hours, percent in event.refund_steps]

    def get_image_url(self, event: Event) -> str:
        return cover_url(event)

    @extend_schema_field(EventLinks)
    def get_links(self, event: Event) -> dict[str, str]:
        path = f"/api/events/{event.pk}"
        return {"self": path, "availability": f"{path}/availability", "page": event.get_absolute_url()}


class EventOut(EventCard):
    """One event. Needs `shows_link`: those who have not booked don't get the link of an online event."""

    description = serializers.CharField()
    online_url = serializers.SerializerMethodField(help_text="For its team; others find it in their booking.")
    created_at = Moment()
    updated_at = Moment()
    published_at = Moment(allow_null=True)

    def get_online_url(self, event: Event) -> str | None:
        return event.online_url if event.shows_link else None  # type: ignore[attr-defined]


class EventPage(serializers.Serializer):
    results = EventCard(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class TypeSeats(serializers.Serializer):
    id = serializers.UUIDField(source="ticket_type.id")
    name = serializers.CharField(source="ticket_type.name")
    free = serializers.IntegerField()
    state = serializers.ChoiceField([(state.value, state.value) for state in State])


class Seats(serializers.Serializer):
    event = serializers.UUIDField(source="id")
    version = serializers.IntegerField()
    state = serializers.ChoiceField([(state.value, state.value) for state in State], source="seats.state")
    capacity = serializers.IntegerField(source="seats.capacity")
    free = serializers.IntegerField(source="seats.free")
    held = serializers.IntegerField(source="seats.held")
    offered = serializers.IntegerField(source="seats.offered")
    waiting = serializers.IntegerField(
        source="seats.waiting", help_text="Parties in line; while there are any, free is 0."
    )
    sold_out = serializers.BooleanField(source="seats.sold_out")
    ticket_types = TypeSeats(source="seats.types", many=True)


# --- What somebody asks the list ----------------------------------------------------------------------


class MomentAsked(Moment):
    """A moment in a query string, where a plus sign that was not escaped has become a space."""

    def to_internal_value(self, data: Any) -> datetime:
        return super().to_internal_value(re.sub(r" (\d\d:\d\d)$", r"+\1", str(data)))


@extend_schema_field({"type": "string", "example": "38.72,-9.14"})
class Place(serializers.CharField):
    """`latitude,longitude` in degrees."""

    default_error_messages = {"invalid": "Latitude and longitude in degrees, such as 38.72,-9.14."}

    def to_internal_value(self, data: Any) -> tuple[float, float]:  # type: ignore[override]
        try:
            latitude, longitude = (float(part) for part in str(data).split(","))
        except ValueError:
            self.fail("invalid")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.fail("invalid")
        return latitude, longitude


class EventQuery(serializers.Serializer):
    """Filters narrow the list together; `category` and `tag` may be repeated (any of the categories, all
    of the tags)."""

    search = serializers.CharField(max_length=200, required=False, allow_blank=True)
    category = serializers.ListField(child=serializers.ChoiceField(Category.choices), required=False)
    tag = serializers.ListField(child=serializers.CharField(max_length=MAX_TAG_LENGTH), required=False, max_length=10)
    city = serializers.CharField(max_length=120, required=False, allow_blank=True)
    starts_after = MomentAsked(required=False)
    starts_before = MomentAsked(required=False)
    price_min = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=Decimal(0), required=False)
    price_max = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=Decimal(0), required=False)
    free = serializers.BooleanField(required=False, help_text="Has tickets for nothing.")
    available = serializers.BooleanField(required=False, help_text="Can be booked right now.")
    online = serializers.BooleanField(required=False)
    organizer = serializers.UUIDField(required=False)
    near = Place(required=False, help_text="`latitude,longitude`")
    within = Number(
        min_value=0.1, max_value=MAX_WITHIN, required=False, help_text=f"Kilometres; {DEFAULT_WITHIN:g} if not said."
    )
    past = serializers.BooleanField(required=False, help_text="Also what is over.")
    ordering = serializers.ChoiceField(list(ORDERINGS), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(max_length=500, required=False, help_text="From `next` or `previous`.")
