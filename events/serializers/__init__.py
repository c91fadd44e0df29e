"""What programs say and hear about events. Money: decimal strings in major units; moments: ISO 8601."""

from events.serializers.asked import EventQuery
from events.serializers.heard import EventOut, EventPage, Seats
from events.serializers.sent import EventChange, EventIn

__all__ = ["EventChange", "EventIn", "EventOut", "EventPage", "EventQuery", "Seats"]
