"""One ticket per admission, and what was scanned at the door."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, BookingLine
from core import money
from core.ids import new_code, new_id
from events.models import Event

CODE_LENGTH = 12  # 60 random bits: for typing when a camera won't do
LONGEST_GATE = 40
LONGEST_SAID = 60


def new_ticket_code() -> str:
    """The short code under the QR."""
    return new_code(CODE_LENGTH)


class TicketQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """The tickets of one customer."""
        return self.filter(booking__customer_id=user.pk)

    def with_all(self) -> Self:
        """With everything a ticket shows."""
        return self.select_related(
            "booking__customer", "booking__event__venue", "booking__event__organizer", "line__ticket_type"
        )

    def for_door(self) -> Self:
        """With what the door is shown of a ticket."""
        return self.select_related("booking__customer", "booking__event", "line__ticket_type", "checked_in_by")

    def checked_in(self) -> Self:
        return self.filter(checked_in_at__isnull=False)

    def in_order(self) -> Self:
        return self.order_by("line_id", "number")


class Ticket(models.Model):
    """The right of one person to enter once. `number` counts within its line, from 1.

    Whether it is valid follows from its booking; `checked_in_at` is set once, by a conditional update.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="tickets")
    line = models.ForeignKey(BookingLine, on_delete=models.CASCADE, related_name="tickets", db_index=False)
    number = models.PositiveSmallIntegerField()
    holder_name = models.CharField(max_length=120)
    code = models.CharField(max_length=CODE_LENGTH, default=new_ticket_code, editable=False)
    issued_at = models.DateTimeField(default=timezone.now)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    gate = models.CharField(max_length=LONGEST_GATE, blank=True, db_default="", help_text="Where it was checked in")

    objects = TicketQuerySet.as_manager()

    class Meta:
        # That by seat finds the tickets of a line too, and nobody looks for a code by its beginning.
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="one_ticket_per_seat"),
            models.UniqueConstraint(fields=["code"], name="a_code_is_of_one_ticket"),
        ]
        indexes = [
            models.Index(fields=["booking"], condition=Q(checked_in_at__isnull=False), name="tickets_checked_in"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("tickets:ticket", args=[self.pk])

    @property
    def readable_code(self) -> str:
        """'7KQ4-XM2P-9T0V'."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    @property
    def status(self) -> str:
        """'valid', 'used' or 'cancelled'. Needs `booking` and `line` fetched."""
        if self.booking.status != Booking.Status.CONFIRMED or self.number in self.line.cancelled_numbers:
            return "cancelled"
        return "used" if self.checked_in_at else "valid"

    @property
    def status_label(self) -> str:
        return self.status.capitalize()

    @property
    def price(self) -> int:
        """What there is to pay for it, in minor units of the booking's currency. Needs `line` fetched."""
        return self.line.each

    @property
    def price_label(self) -> str:
        """'€12.50' or 'Free'. Needs `line` and `booking` fetched."""
        return money.words(self.price, self.booking.currency)

    @property
    def is_to_pay(self) -> bool:
        """Whether it is still to be paid, at the door. Needs `line` and `booking` fetched."""
        return bool(self.price) and self.booking.paid_by == Booking.PaidBy.DOOR

    @property
    def price_term(self) -> str:
        """What the price is: paid, still to be paid, or merely a price. Needs what `is_to_pay` needs."""
        if self.is_to_pay:
            return "Pay at the door"
        return "Paid" if self.price and self.booking.paid_by == Booking.PaidBy.MONEY else "Price"

    @property
    def local_checked_in(self) -> datetime | None:
        """When it was used, in the event's own zone. Needs `booking.event` fetched."""
        return self.checked_in_at and self.checked_in_at.astimezone(self.booking.event.zone)


class ScanQuerySet(models.QuerySet):
    def with_all(self) -> Self:
        """With what a list of scans shows, the latest first."""
        found = self.select_related("by", "ticket__line__ticket_type", "ticket__booking")
        return found.annotate(rank=F("at")).order_by("-rank", "-id")


class Scan(models.Model):
    """What somebody at a door read or chose, and what they were told. Never changed, never deleted: to take a check-in
    back is one more of them.

    `ticket` is empty for what is no ticket of ours; `said` is then what was read, shortened. `event` is the door's, and
    empty only where a scanner did not say which it is and the code did not either. `key` is the scanner's own name for
    this scan: sent again, it is answered again, and not decided again.
    """

    class Result(models.TextChoices):
        WELCOME = "welcome", "Welcome"
        ALREADY_IN = "already-in", "Already in"
        WRONG_EVENT = "wrong-event", "Wrong event"
        CANCELLED = "cancelled", "Cancelled"
        NOT_VALID = "not-valid", "Not valid"
        UNDONE = "undone", "Taken back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, blank=True, related_name="scans", db_index=False
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="scans")
    result = models.CharField(max_length=11, choices=Result)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    gate = models.CharField(max_length=LONGEST_GATE, blank=True)
    by_hand = models.BooleanField(default=False, help_text="Chosen from the list, not read from a code")
    said = models.CharField(max_length=LONGEST_SAID, blank=True, help_text="What was read, if it is no ticket of ours")
    key = models.UUIDField(null=True, blank=True)

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="a_scan_is_decided_once")]
        indexes = [models.Index(fields=["event", "-at", "-id"], name="scan_by_event")]

    def __str__(self) -> str:
        return f"{self.get_result_display()}: {self.ticket or self.said}"
