"""What pages of apps below may say about the visitor's own bookings."""

from django import template
from django.utils import timezone

from bookings.models import Booking
from events.models import Event
from waitlist.models import Entry

register = template.Library()


@register.simple_tag(takes_context=True)
def my_booking(context, event: Event) -> Booking | None:
    """The visitor's latest booking of an event, or else their open basket; None for strangers. One query."""
    user = context["request"].user
    if not user.is_authenticated:
        return None
    mine = Booking.objects.of(user).filter(event_id=event.pk)
    booked = mine.confirmed() | mine.held(timezone.now()).order_by()
    return booked.order_by("status", "-created_at").first()  # "confirmed" comes before "pending"


@register.simple_tag
def basket_of(place: Entry) -> Booking | None:
    """The basket that an accepted offer became, while its seats are held. One query for what was accepted."""
    if place.status != Entry.Status.ACCEPTED or place.booking_id is None:
        return None
    return Booking.objects.held(timezone.now()).filter(pk=place.booking_id).first()


@register.simple_tag
def is_booked(place: Entry) -> bool:
    """Whether an accepted offer is a booking now. One query for what was accepted."""
    if place.status != Entry.Status.ACCEPTED or place.booking_id is None:
        return False
    return Booking.objects.confirmed().filter(pk=place.booking_id).exists()
