"""The ledger: what must happen because of something that has been committed."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models

from core.ids import new_id


class MessageQuerySet(models.QuerySet):
    def due(self, at: datetime) -> Self:
        """What nobody is working on and may be delivered now, oldest first."""
        return self.filter(status=Message.Status.PENDING, available_at__lte=at).order_by("available_at")

    def claim(self, pk, at: datetime) -> bool:
        """Take a due message for one lease. False when another worker was faster."""
        lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        claimed = self.due(at).order_by().filter(pk=pk)
        return claimed.update(available_at=at + lease, attempts=models.F("attempts") + 1) == 1


class Message(models.Model):
    """One announced fact and how its delivery stands.

    `available_at` is both "not before" and the lease: a worker that claims a message moves it into the
    future, so that the message of a worker that died becomes due again by itself.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        DONE = "done", "Delivered"
        DEAD = "dead", "Given up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fact = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    # Null, not empty, where there is none: only nulls may repeat under the constraint below.
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="a_dedupe_key_is_unique")]
        indexes = [
            models.Index(fields=["available_at"], condition=models.Q(status="pending"), name="outbox_due"),
            models.Index(fields=["status", "created_at"], name="outbox_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} ({self.status})"
