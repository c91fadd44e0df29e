"""What programs say and hear about bookings. Money: decimal strings in major units."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.models import Booking, BookingLine
from bookings.operations.plan import MAX_QUANTITY
from core import money
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
    ticket_type = serializers.UUIDField(source="ticket_type_id")
    name = serializers.CharField(source="ticket_type.name")
    quantity = serializers.IntegerField()
    unit_price = serializers.SerializerMethodField()
    subtotal = serializers.SerializerMethodField()

    def get_unit_price(self, line: BookingLine) -> str:
        return money.plain(line.unit_price, line.booking.currency)

    def get_subtotal(self, line: BookingLine) -> str:
        return money.plain(line.subtotal, line.booking.currency)


class BookingLinks(serializers.Serializer):
    self = serializers.CharField()
    event = serializers.CharField()
    tickets = serializers.CharField(allow_null=True, help_text="The PDF, once the booking is confirmed.")
    cancel = serializers.CharField(allow_null=True, help_text="DELETE this; null when it is too late.")


class BookingOut(serializers.Serializer):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(Booking.Status.choices)
    event = BookedEvent()
    online_url = serializers.SerializerMethodField(help_text="Where an online event takes place, once confirmed.")
    items = ItemOut(source="lines.all", many=True)
    quantity = serializers.IntegerField()
    total = serializers.SerializerMethodField()
    currency = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    hold_expires_at = Moment(allow_null=True)
    created_at = Moment()
    cancellable_until = Moment(source="event.cancellable_until")
    links = serializers.SerializerMethodField()

    def get_total(self, booking: Booking) -> str:
        return money.plain(booking.total, booking.currency)

    def get_online_url(self, booking: Booking) -> str | None:
        joinable = booking.status == Booking.Status.CONFIRMED and booking.event.online_url
        return booking.event.online_url if joinable else None

    @extend_schema_field(BookingLinks)
    def get_links(self, booking: Booking) -> dict[str, str | None]:
        path = f"/api/bookings/{booking.pk}"
        confirmed = booking.status == Booking.Status.CONFIRMED
        return {
            "self": path,
            "event": f"/api/events/{booking.event_id}",
            "tickets": f"/api/tickets/{booking.pk}/download" if confirmed else None,
            "cancel": path if booking.is_cancellable(timezone.now()) else None,
        }


class BookingPage(serializers.Serializer):
    results = BookingOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BookingQuery(serializers.Serializer):
    status = serializers.ChoiceField(Booking.Status.choices, required=False)
    when = serializers.ChoiceField(["upcoming", "past"], required=False, help_text="By the end of the event.")
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(max_length=500, required=False, help_text="From `next` or `previous`.")
