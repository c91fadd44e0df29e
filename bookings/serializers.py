"""What programs say and hear about bookings. Money: decimal strings in major units."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from bookings.models import Booking
from bookings.operations.plan import MAX_QUANTITY
from core.rest.fields import Id, Moment, Text, Whole
from core.text import one_line
from events.models import Event
from events.operations.inputs import MAX_TICKET_TYPES

PAGE_SIZE, LARGEST_PAGE = 20, 100


class ItemIn(serializers.Serializer):
    ticket_type = Id()
    quantity = Whole(min_value=1, max_value=MAX_QUANTITY)


class BookingIn(serializers.Serializer):
    """Either `quantity`, for an event with one ticket type, or `items`."""

    event = Id()
    quantity = Whole(min_value=1, max_value=MAX_QUANTITY, required=False)
    items = ItemIn(many=True, required=False, allow_empty=False, max_length=MAX_TICKET_TYPES)  # type: ignore[call-arg]
    name = Text(
        max_length=120,
        required=False,
        allow_blank=True,
        validators=[one_line],
        help_text="Who comes, if not yourself.",
    )
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    code = Text(max_length=40, required=False, allow_blank=True, help_text="A promo code, in capitals or not.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("quantity" in attrs) == ("items" in attrs):
            raise serializers.ValidationError({"items": ["Send either quantity or items."]})
        return attrs


class BookedEvent(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(Event.Status.choices)
    starts_at = Moment()
    ends_at = Moment()
    timezone = serializers.CharField()


class ItemOut(serializers.Serializer):
    ticket_type = serializers.UUIDField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    numbers = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of its tickets; those that were cancelled are missing."
    )
    unit_price = serializers.CharField(help_text="With tax and fee, without any discount.")
    subtotal = serializers.CharField(help_text="Of all of them, without any discount.")
    discount = serializers.CharField(help_text="What the promo code takes off.")
    total = serializers.CharField(help_text="What is to be paid for them.")
    tax_rate = serializers.CharField(help_text="Per cent of the net.")
    tax = serializers.CharField(help_text="In the total.")
    fee = serializers.CharField(help_text="In the total.")


class RefundPolicyStep(serializers.Serializer):
    until = Moment()
    percent = serializers.IntegerField()
    amount = serializers.CharField(help_text="What that is of this booking.")


class BookingLinks(serializers.Serializer):
    self = serializers.CharField()
    event = serializers.CharField()
    tickets = serializers.CharField(allow_null=True, help_text="The PDF, once the booking is confirmed.")
    cancel = serializers.CharField(allow_null=True, help_text="DELETE this; null when it is too late.")
    pay = serializers.CharField(allow_null=True, help_text="POST this to complete a pending booking.")
    payments = serializers.CharField(help_text="What came in for it, and what went back.")
    extend = serializers.CharField(allow_null=True, help_text="POST this for more time; null when there is none.")


class BookingOut(serializers.Serializer):
    """What `bookings.documents.booking_document` makes."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(Booking.Status.choices)
    event = BookedEvent()
    online_url = serializers.CharField(allow_null=True, help_text="Where an online event takes place, once confirmed.")
    items = ItemOut(many=True)
    quantity = serializers.IntegerField()
    code = serializers.CharField(allow_null=True, help_text="The promo code it was made with.")
    total = serializers.CharField()
    currency = serializers.CharField()
    paid_by = serializers.ChoiceField(
        ["door", "money"], allow_null=True, help_text="What it was confirmed on; null: free, or not confirmed."
    )
    name = serializers.CharField()
    email = serializers.CharField()
    hold_expires_at = Moment(allow_null=True)
    created_at = Moment()
    cancellable_until = Moment()
    refund_policy = RefundPolicyStep(
        many=True, help_text="What comes back of what was paid, or is to be paid before; after the last step nothing."
    )
    refund_if_cancelled = serializers.CharField(help_text="What would come back now.")
    links = BookingLinks()


class CancelQuery(serializers.Serializer):
    expected_refund = serializers.DecimalField(
        max_digits=14,
        decimal_places=4,
        min_value=Decimal(0),
        required=False,
        help_text="409 refund-changed, and nothing is cancelled, when another amount would come back.",
    )


class TicketsIn(serializers.Serializer):
    ticket_type = Id()
    numbers = serializers.ListField(child=Whole(min_value=1), allow_empty=False, max_length=MAX_QUANTITY)


class CancelTicketsIn(CancelQuery):
    tickets = TicketsIn(many=True, allow_empty=False, max_length=MAX_TICKET_TYPES)  # type: ignore[call-arg]


class BookingPage(serializers.Serializer):
    results = BookingOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BookingQuery(serializers.Serializer):
    status = serializers.ChoiceField(Booking.Status.choices, required=False)
    when = serializers.ChoiceField(["upcoming", "past"], required=False, help_text="By the end of the event.")
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(max_length=500, required=False, help_text="From `next` or `previous`.")
