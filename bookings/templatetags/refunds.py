"""What comes back of a booking, in words."""

from datetime import datetime

from django import template

from bookings.models import Booking
from bookings.policy import refund_steps_of
from events.policy import sentence

register = template.Library()


@register.simple_tag
def refund_words(booking: Booking, now: datetime) -> str:
    """'Full refund until Friday 5 June, 20:00 CEST; after that, none.'; empty for what nobody pays before. Needs
    `event` fetched."""
    pays_before = booking.paid_by == Booking.PaidBy.MONEY or booking.event.must_be_paid_first(booking.total)
    if not pays_before or not booking.is_live() or booking.paid_by == Booking.PaidBy.DOOR:
        return ""
    return sentence(refund_steps_of(booking), booking.event.zone, now)
