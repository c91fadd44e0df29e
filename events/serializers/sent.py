"""What an organiser sends."""

from django.core.validators import URLValidator
from rest_framework import serializers

from core.rest.fields import Flag, Id, Moment, Text, Whole
from events.models import Category, Event, PaymentMethod, WaitlistOrder
from events.operations.inputs import MAX_REFUND_STEPS, MAX_TAG_LENGTH
from events.serializers.numbers import Degrees


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
