"""How many seats there are, how many are taken, and why."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.ids import new_id


class InventoryQuerySet(models.QuerySet):
    def settle(self, pk: int, quantity: int) -> None:
        """Seats that were in a basket are booked now."""
        self.filter(pk=pk).update(held=F("held") - quantity)

    def release(self, pk: int, quantity: int, *, held: bool) -> None:
        """Give claimed seats back to everyone."""
        self.filter(pk=pk).update(claimed=F("claimed") - quantity, held=F("held") - (quantity if held else 0))

    def new_terms(self, pk: int) -> None:
        """Make bookings in flight plan again; locks the inventory until the transaction ends."""
        self.filter(pk=pk).update(terms=F("terms") + 1)

    def move(self, pk: int, *, claimed: int = 0, held: int = 0, offered: int = 0, waiting: int = 0) -> None:
        """Change counters by so much each."""
        self.filter(pk=pk).update(
            claimed=F("claimed") + claimed,
            held=F("held") + held,
            offered=F("offered") + offered,
            waiting=F("waiting") + waiting,
        )

    def resize(self, pk: int, capacity: int) -> bool:
        """Change the capacity. False when more seats than that are taken or offered."""
        fitting = self.filter(pk=pk, claimed__lte=capacity - F("offered"))
        return fitting.update(capacity=capacity) == 1


class Inventory(models.Model):
    """One limit: an event's house, or a ticket type's own. Narrow, and apart from what people edit.

    `claimed` counts seats in live bookings, `held` the part of them that is still in baskets, `offered`
    those reserved for the waitlist, `waiting` the parties in line that wait here. They are counters: the
    truth is one conditional UPDATE away, and `manage.py audit_inventory` recounts them.

    `terms` counts the changes of what may be sold (status, prices, limits). A booking claims under the
    terms it was planned by, so none slips in by rules that no longer hold. Changing them, or the set of
    limits, means holding the lock of the event's house inventory, which every booking and release of
    the event takes first: it is the one with the lowest id.
    """

    id = models.BigAutoField(primary_key=True)
    capacity = models.PositiveIntegerField()
    claimed = models.IntegerField(default=0, db_default=0)
    held = models.IntegerField(default=0, db_default=0)
    offered = models.IntegerField(default=0, db_default=0)
    waiting = models.IntegerField(default=0, db_default=0)
    terms = models.PositiveIntegerField(default=1, db_default=1)

    objects = InventoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "inventories"
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed__gte=0) & Q(offered__gte=0) & Q(capacity__gte=F("claimed") + F("offered")),
                name="inventory_is_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("claimed")),
                name="held_seats_are_among_the_claimed",
            ),
            models.CheckConstraint(condition=Q(waiting__gte=0), name="nobody_waits_less_than_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claimed} of {self.capacity} taken"

    @property
    def free(self) -> int:
        """Seats that anyone may book now: none while somebody waits in line for them."""
        return 0 if self.waiting else self.unclaimed

    @property
    def unclaimed(self) -> int:
        """Seats that nobody has: the next in line may be offered them."""
        return self.capacity - self.claimed - self.offered


class Movement(models.Model):
    """Why a number of an inventory changed: append-only.

    `change` is signed. With the reason `capacity` it changed the capacity; with one of OFFERS it changed `offered`;
    otherwise `claimed`, and with `accepted` it took as many from `offered`. So the movements of an inventory add up
    to its counters. `booking_id` and `entry_id` (of the waitlist) say whose seats they are.
    """

    class Reason(models.TextChoices):
        CAPACITY = "capacity", "Capacity changed"
        BOOKED = "booked", "Booked"
        HELD = "held", "Put in a basket"
        CONFIRMED = "confirmed", "Basket became a booking"
        CANCELLED = "cancelled", "Booking cancelled"
        EXPIRED = "expired", "Basket lapsed"
        ABANDONED = "abandoned", "Basket given back"
        OFFERED = "offered", "Offered to the waitlist"
        ACCEPTED = "accepted", "Offer accepted"
        PASSED = "passed", "Offer passed on"
        LAPSED = "lapsed", "Offer lapsed"
        WITHDRAWN = "withdrawn", "Offer withdrawn"
        RECLAIMED = "reclaimed", "Paid late, and booked all the same"

    OFFERS = [Reason.OFFERED, Reason.PASSED, Reason.LAPSED, Reason.WITHDRAWN]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No index of its own: the one below begins with it, and every index is paid for by every booking.
    inventory = models.ForeignKey(Inventory, on_delete=models.CASCADE, related_name="movements", db_index=False)
    booking_id = models.UUIDField(null=True, blank=True)
    entry_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=Reason)
    change = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["booking_id"], name="movement_by_booking"),
            models.Index(fields=["inventory", "at"], name="movement_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.change:+d}"
