"""Events, ticket types and inventories."""

from events.models.event import Category, Event, PaymentMethod, Venue, WaitlistOrder
from events.models.inventory import Inventory, Movement
from events.models.promo_code import PromoCode
from events.models.ticket_type import TicketType

__all__ = [
    "Category",
    "Event",
    "Inventory",
    "Movement",
    "PaymentMethod",
    "PromoCode",
    "TicketType",
    "Venue",
    "WaitlistOrder",
]
