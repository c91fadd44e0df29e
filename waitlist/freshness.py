"""What an event's page says about the visitor's own place in line (templatetags/places_in_line.py), as plain values."""

from datetime import datetime

from accounts.models import User
from events.freshness import on_event_page
from events.models import Event
from waitlist.models import Entry


@on_event_page
def my_place(user: User, event: Event, at: datetime) -> list[tuple[object, ...]]:
    mine = Entry.objects.of(user).live().filter(event_id=event.pk).with_position()
    return [(entry.pk, entry.status, entry.ahead, entry.offer_expires_at) for entry in mine]
