"""What is done to many guests at once."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from core.ids import new_id
from events.models import Event

LONGEST_REASON = 200
LONGEST_WHICH = 400


class Job(models.Model):
    """One thing that somebody does to many bookings: each of them is an item, chosen when it begins.

    `which` says in words which they were; `refund` is for cancelling alone.
    """

    class Kind(models.TextChoices):
        CANCEL = "cancel", "Cancel"
        RESEND = "resend", "Send tickets again"
        CHECK_IN = "check-in", "Check in"

    class Refund(models.TextChoices):
        ALL = "all", "All that was paid"
        POLICY = "policy", "What each booking’s rules say"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    refund = models.CharField(max_length=6, choices=Refund, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    which = models.CharField(max_length=LONGEST_WHICH)
    size = models.PositiveIntegerField(default=0, help_text="How many bookings were chosen")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="When somebody asked it to stop")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "bulk action"
        verbose_name_plural = "bulk actions"
        indexes = [models.Index(fields=["event", "-created_at"], name="jobs_of_event")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.size}"

    def get_absolute_url(self) -> str:
        """Needs `event` fetched."""
        return reverse("guests:job", args=[self.event.slug, self.pk])

    @property
    def is_moving(self) -> bool:
        return self.finished_at is None


class ItemQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Not come to yet."""
        return self.filter(state=Item.State.WAITING)

    def failed(self) -> Self:
        return self.filter(state=Item.State.FAILED)

    def progress(self) -> dict[str, int]:
        """How many are `done`, have `failed`, or are still `waiting`: one statement."""
        return self.aggregate(**{state.value: Count("pk", filter=Q(state=state)) for state in Item.State})


class Item(models.Model):
    """One booking of a job, and what came of it. Each is done once: it is marked in the transaction that does it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items", db_index=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING, db_default=State.WAITING)
    why = models.CharField(max_length=300, blank=True, db_default="", help_text="Why it could not be done")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "booking in a bulk action"
        verbose_name_plural = "bookings in bulk actions"
        constraints = [models.UniqueConstraint(fields=["job", "booking"], name="each_booking_once_in_a_job")]
        indexes = [models.Index(fields=["job", "state", "booking"], name="items_by_state")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.get_state_display()}"
