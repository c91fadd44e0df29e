"""Save an event's ticket types: add, change, retire, limit.

Called with the house inventory locked (see Inventory.terms), so no booking, confirmation or release of
the event runs beside it, and seats booked so far can be counted into a limit that is new.
"""

from datetime import datetime

from django.db.models import ProtectedError

from accounts.models import Team
from core import money
from core.errors import Invalid
from events.models import Event, Inventory, TicketType
from events.operations.capacity import new_inventory, resize
from events.operations.inputs import TicketTypeInput
from events.operations.pricing import price, show_range
from events.tariff import tariff_of


def save_ticket_types(event: Event, wanted: list[TicketTypeInput], now: datetime) -> None:
    """Make the event's types on sale exactly these, in this order. Raises Invalid or CapacityTooSmall."""
    existing = {ticket_type.pk: ticket_type for ticket_type in event.types_for_sale()}
    unknown = [str(data.id) for data in wanted if data.id and data.id not in existing]
    if unknown:
        raise Invalid({"ticket_types": [f"This event has no ticket type {', '.join(unknown)}."]})
    tariff = tariff_of(event, Team.objects.get(pk=event.organizer_id))
    saved = []
    for position, data in enumerate(wanted):
        ticket_type = existing.pop(data.id) if data.id else TicketType(event=event)
        _fill(ticket_type, data, event.currency, position)
        price(ticket_type, tariff)
        ticket_type.save()
        _limit(ticket_type, data.capacity, now)
        saved.append(ticket_type)
    for ticket_type in existing.values():
        _withdraw(ticket_type, now)
    show_range(event, saved)


def _fill(ticket_type: TicketType, data: TicketTypeInput, currency: str, position: int) -> None:
    ticket_type.name = data.name.strip()
    ticket_type.description = data.description
    ticket_type.asked_price = money.to_minor(data.price, currency)
    ticket_type.own_tax_rate = data.tax_rate
    ticket_type.hidden = data.hidden
    ticket_type.sales_start_at = data.sales_start_at
    ticket_type.sales_end_at = data.sales_end_at
    ticket_type.min_per_booking = data.min_per_booking
    ticket_type.max_per_booking = data.max_per_booking
    ticket_type.position = position


def _limit(ticket_type: TicketType, capacity: int | None, now: datetime) -> None:
    """Give a type a limit of its own, change it, or take it away."""
    inventory = ticket_type.inventory
    if capacity is not None and inventory is not None:
        resize(inventory, capacity, ticket_type.name, now)
    elif capacity is not None:
        _add_limit(ticket_type, capacity, now)
    elif inventory is not None:
        ticket_type.inventory = None
        ticket_type.save(update_fields=["inventory"])
        Inventory.objects.filter(pk=inventory.pk).delete()


def _add_limit(ticket_type: TicketType, capacity: int, now: datetime) -> None:
    taken = ticket_type.seats_taken()
    if taken.claimed > capacity:
        raise Invalid({"ticket_types": [f"{ticket_type.name} has {taken.claimed} seats taken already."]})
    ticket_type.inventory = new_inventory(capacity, now, claimed=taken.claimed, held=taken.held)
    ticket_type.save(update_fields=["inventory"])


def _withdraw(ticket_type: TicketType, now: datetime) -> None:
    """Delete a type that nobody ever booked; keep the others for their bookings' sake, off sale."""
    inventory = ticket_type.inventory
    try:
        ticket_type.delete()
    except ProtectedError:
        TicketType.objects.filter(pk=ticket_type.pk).update(retired_at=now)
    else:
        if inventory is not None:
            inventory.delete()
