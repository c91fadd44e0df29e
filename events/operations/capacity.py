"""Change how many seats there are, with a trace."""

from datetime import datetime

from events.errors import CapacityTooSmall
from events.models import Inventory, Movement


def new_inventory(capacity: int, now: datetime, *, claimed: int = 0, held: int = 0) -> Inventory:
    """An inventory whose movements add up from the start. `claimed` seats were booked before it existed."""
    inventory = Inventory.objects.create(capacity=capacity, claimed=claimed, held=held)
    _record(inventory, Movement.Reason.CAPACITY, capacity, now)
    if claimed:
        _record(inventory, Movement.Reason.BOOKED, claimed, now)
    return inventory


def resize(inventory: Inventory, capacity: int, what: str, now: datetime) -> None:
    """Set a capacity that has to cover what is taken already. Raises CapacityTooSmall, naming `what`."""
    inventory = Inventory.objects.select_for_update(no_key=True).get(pk=inventory.pk)
    if capacity == inventory.capacity:
        return
    if not Inventory.objects.resize(inventory.pk, capacity):
        taken = inventory.claimed + inventory.offered
        raise CapacityTooSmall(f"{what} has {taken} seats taken, so {capacity} are too few.", taken=taken)
    _record(inventory, Movement.Reason.CAPACITY, capacity - inventory.capacity, now)


def _record(inventory: Inventory, reason: Movement.Reason, change: int, now: datetime) -> None:
    Movement.objects.create(inventory=inventory, reason=reason, change=change, at=now)
