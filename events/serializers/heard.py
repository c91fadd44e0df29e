"""What everyone hears. Money: decimal strings in major units; moments: ISO 8601."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import money
from core.rest.fields import Moment
from events.availability import State, TypeAvailability
from events.covers import cover_url
from events.models import Category, Event, PaymentMethod, WaitlistOrder
from events.serializers.sent import RefundStep


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
