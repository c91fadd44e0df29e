"""The seats of a booking in the inventories, and the ledger of why they moved."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bookings.models import Booking
from events.models import Inventory, Movement


def lock_seats(booking: Booking) -> list[tuple[int, int]]:
    """(inventory id, seats) of all limits that a booking counts against, in locking order.

    Locks the house first: until the transaction ends, no limit can be added or taken away.
    """
    Inventory.objects.select_for_update(of=("self",), no_key=True).get(event__id=booking.event_id)
    lines = booking.lines.values_list(
        "quantity", "booking__event__inventory_id", "ticket_type__inventory_id",
        "booking__promo_code__inventory_id", "with_code",
    )  # fmt: skip
    seats: dict[int, int] = {}
    for quantity, house_id, own_id, code_id, with_code in lines:
        for inventory_id in filter(None, (house_id, own_id, code_id if with_code else None)):
            seats[inventory_id] = seats.get(inventory_id, 0) + quantity
    return sorted(seats.items())


def record(
    seats: Sequence[tuple[int, int]], booking_id: UUID, reason: Movement.Reason, *, sign: int, at: datetime
) -> None:
    """Write down why the inventories' numbers change, in one INSERT."""
    Movement.objects.bulk_create(
        Movement(inventory_id=inventory_id, booking_id=booking_id, reason=reason, change=sign * quantity, at=at)
        for inventory_id, quantity in seats
    )
