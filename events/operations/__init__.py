"""Everything that changes an event."""

from events.operations.editing import create_event, delete_draft, duplicate_event, edit_event
from events.operations.inputs import EventInput, TicketTypeInput, VenueInput, input_of
from events.operations.lifecycle import cancel_event, postpone_event, publish_event
from events.operations.pricing import set_tax
from events.operations.promo_codes import PromoCodeInput, code_input, create_code, create_codes, edit_code, switch_code

__all__ = [
    "EventInput",
    "PromoCodeInput",
    "TicketTypeInput",
    "VenueInput",
    "cancel_event",
    "code_input",
    "create_code",
    "create_codes",
    "create_event",
    "delete_draft",
    "duplicate_event",
    "edit_code",
    "edit_event",
    "input_of",
    "postpone_event",
    "publish_event",
    "set_tax",
    "switch_code",
]
