"""What programs say and hear about places in line."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.rest.fields import Id, Moment, Whole
from events.models import WaitlistOrder
from waitlist.models import MOST_LEAD_HOURS, Entry

PAGE_SIZE, LARGEST_PAGE = 20, 100


class JoinIn(serializers.Serializer):
    quantity = Whole(help_text="Seats for the whole party: they are offered together.")
    ticket_type = Id(required=False, allow_null=True, help_text="null: any of the event's.")
    lead_time_hours = Whole(
        required=False,
        min_value=0,
        max_value=MOST_LEAD_HOURS,
        help_text="No offers later than so long before the start.",
    )


class PlaceLinks(serializers.Serializer):
    self = serializers.CharField()
    event = serializers.CharField()
    accept = serializers.CharField(allow_null=True)
    booking = serializers.CharField(allow_null=True)


class EntryOut(serializers.Serializer):
    """A place in line. Needs `event`, both ticket types and `ahead`."""

    id = serializers.UUIDField()
    event = serializers.UUIDField(source="event_id")
    status = serializers.ChoiceField(Entry.Status.choices)
    quantity = serializers.IntegerField()
    ticket_type = serializers.UUIDField(source="ticket_type_id", allow_null=True)
    lead_time_hours = serializers.IntegerField(source="lead_hours")
    order = serializers.ChoiceField(
        WaitlistOrder.choices, source="event.waitlist_order", help_text="Whether smaller parties behind may go first."
    )
    joined_at = Moment()
    position = serializers.IntegerField(allow_null=True, help_text="1 is next; null for who is not waiting.")
    ahead = serializers.SerializerMethodField(help_text="Parties in front; null for who is not waiting.")
    offered_ticket_type = serializers.UUIDField(source="offered_type_id", allow_null=True)
    offer_expires_at = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    def get_ahead(self, entry: Entry) -> int | None:
        return entry.ahead if entry.status == Entry.Status.WAITING else None

    @extend_schema_field(Moment(allow_null=True))
    def get_offer_expires_at(self, entry: Entry) -> str | None:
        expires_at = entry.offer_expires_at if entry.status == Entry.Status.OFFERED else None
        return Moment().to_representation(expires_at) if expires_at else None

    @extend_schema_field(PlaceLinks)
    def get_links(self, entry: Entry) -> dict[str, str | None]:
        path = f"/api/waitlist/{entry.pk}"
        return {
            "self": path,
            "event": f"/api/events/{entry.event_id}",
            "accept": f"{path}/accept" if entry.status == Entry.Status.OFFERED and not entry.is_paid else None,
            "booking": f"/api/bookings/{booking_id}" if (booking_id := entry.booking_id or entry.for_booking) else None,
        }


class PlaceQuery(serializers.Serializer):
    status = serializers.ChoiceField(Entry.Status.choices, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(required=False)


class EntryPage(serializers.Serializer):
    results = EntryOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
