"""What an event's page says about the visitor's own bookings (templatetags/my_bookings.py), as plain values."""

from datetime import datetime

from accounts.models import User
from bookings.models import Booking
from events.freshness import on_event_page
from events.models import Event


@on_event_page
def my_bookings(user: User, event: Event, at: datetime) -> list[tuple[object, ...]]:
    """All of them, also those that are over: each was made with a key that no later copy of the page may have."""
    mine = Booking.objects.of(user).filter(event_id=event.pk).order_by("pk")
    rows = mine.values_list("pk", "status", "quantity", "hold_expires_at")
    return [(pk, status, quantity, until and until > at) for pk, status, quantity, until in rows]
