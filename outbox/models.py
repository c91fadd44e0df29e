"""The ledger: what must happen because of something that has been committed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from core.facts import Lane
from core.ids import new_id
from core.logs import LONGEST_ID

# One statement, so that workers beside each other neither wait for nor fight over the same rows. ANY(ARRAY(…)) is
# evaluated once; a planner may join `IN (… LIMIT)` so that it runs, and locks, again and again.
CLAIM = """
UPDATE outbox_message SET available_at = %(until)s, attempts = attempts + 1
 WHERE id = ANY(ARRAY(SELECT id FROM outbox_message
                       WHERE status = 'pending' AND lane = %(lane)s AND available_at <= %(at)s
                       ORDER BY available_at LIMIT %(most)s FOR UPDATE SKIP LOCKED))
RETURNING id, lane, fact, payload, request_id, status, attempts, available_at
"""


def lease_of(lane: str) -> timedelta:
    """How long a worker may take over what it claims: a sender may have to wait for its peer."""
    seconds = settings.OUTBOX_LEASE_SECONDS if lane == Lane.FACTS else settings.OUTBOX_POST_LEASE_SECONDS
    return timedelta(seconds=seconds)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """What nobody is working on and may be delivered now, oldest first."""
        return self.filter(status=Message.Status.PENDING, available_at__lte=at).order_by("available_at")

    def due_since(self, at: datetime) -> list[tuple[str, datetime]]:
        """Each lane in which something has been due since then, with the oldest moment."""
        return list(self.due(at).order_by("lane").values_list("lane").annotate(models.Min("available_at")))

    def standing(self, at: datetime) -> list[dict[str, Any]]:
        """For each lane and status, of what is not delivered: `count`, and since when something is due."""
        open_statuses = [Message.Status.PENDING, Message.Status.DEAD]
        due = models.Q(status=Message.Status.PENDING, available_at__lte=at)
        each = self.filter(status__in=open_statuses).values("lane", "status").order_by()
        return list(each.annotate(count=models.Count("pk"), due_since=models.Min("available_at", filter=due)))

    def claim(self, *, lane: str, most: int, at: datetime) -> "list[Message]":
        """Take up to so many due messages of a lane for one lease: those due longest, in the order of their making."""
        values = {"lane": str(lane), "most": most, "at": at, "until": at + lease_of(lane)}
        claimed = list(self.raw(CLAIM, values))
        return sorted(claimed, key=lambda message: message.pk)

    def claim_one(self, message: "Message", at: datetime) -> bool:
        """Take this message if it is due. False when another worker was faster."""
        claimed = self.due(at).order_by().filter(pk=message.pk)
        if not claimed.update(available_at=at + lease_of(message.lane), attempts=models.F("attempts") + 1):
            return False
        message.refresh_from_db()
        return True

    def leased(self, messages: "Sequence[Message]") -> Self:
        """Those of one claim that nobody else has come to since. Each claim, return or resending moves `available_at`:
        the moment at which a lease ends tells it from all others."""
        ids = [message.pk for message in messages]
        return self.filter(pk__in=ids, status=Message.Status.PENDING, available_at=messages[0].available_at)


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
    # A default of the database's too: bookings are announced by SQL.
    lane = models.CharField(max_length=10, choices=Lane, default=Lane.FACTS, db_default=Lane.FACTS)
    fact = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    # Of the request that has led to it; empty where none has. Log lines about the delivery bear it.
    request_id = models.CharField(max_length=LONGEST_ID, blank=True, default="", db_default="")
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
            models.Index(fields=["lane", "available_at"], condition=models.Q(status="pending"), name="outbox_due"),
            models.Index(fields=["status", "created_at"], name="outbox_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} ({self.status})"


class DeadMessages(models.Manager.from_queryset(MessageQuerySet)):  # type: ignore[misc]  # a class made at run time
    def get_queryset(self):
        return super().get_queryset().filter(status=Message.Status.DEAD)


class DeadMessage(Message):
    """A message that was given up: for staff a list of its own."""

    objects: ClassVar = DeadMessages()

    class Meta:
        proxy = True
        verbose_name = "given up"
        verbose_name_plural = "given up"
