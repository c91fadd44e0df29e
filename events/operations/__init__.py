"""Everything that changes an event."""

from events.operations.editing import create_event, delete_draft, duplicate_event, edit_event
from events.operations.inputs import EventInput, TicketTypeInput, VenueInput, input_of
from events.operations.lifecycle import cancel_event, postpone_event, publish_event

__all__ = [
    "EventInput",
    "TicketTypeInput",
    "VenueInput",
    "cancel_event",
    "create_event",
    "delete_draft",
    "duplicate_event",
    "edit_event",
    "input_of",
    "postpone_event",
    "publish_event",
]
