"""What becomes of money that came when the seats were gone."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from bookings.models import Booking
from core.ids import new_id


class RescueQuerySet(models.QuerySet):
    def open(self) -> Self:
        """The money is still there, for seats that are still wanted."""
        return self.filter(status__in=Rescue.OPEN)

    def due(self, at: datetime) -> Self:
        """Their time to choose, or to wait, is up."""
        return self.open().filter(decide_by__lte=at).order_by("decide_by")


class Rescue(models.Model):
    """A booking that was paid after its seats had gone to others: its customer chooses between the head of the line
    and the money. Until `decide_by` nothing is decided for them; after it the money goes back."""

    class Status(models.TextChoices):
        ASKED = "asked", "To be chosen"
        LINE = "line", "At the head of the line"
        BOOKED = "booked", "Seats found"
        REFUNDED = "refunded", "Money given back"

    OPEN = [Status.ASKED, Status.LINE]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="rescues")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    decide_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RescueQuerySet.as_manager()

    class Meta:
        verbose_name = "late payment"
        verbose_name_plural = "late payments"
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(status__in=["asked", "line"]), name="one_choice_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["decide_by"], condition=Q(status__in=["asked", "line"]), name="rescues_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} since {self.asked_at:%d %B %Y}"

    def is_open(self) -> bool:
        return self.status in self.OPEN
