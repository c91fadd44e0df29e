"""Money that goes back."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import money
from core.ids import new_id
from payments.models.payment import LONGEST_NOTE, Payment


class RefundQuerySet(models.QuerySet):
    def under_way(self) -> Self:
        """Neither arrived nor given up."""
        return self.filter(status__in=[Refund.Status.DUE, Refund.Status.SENT])

    def to_check(self, at: datetime) -> Self:
        """With the provider, which should be asked what became of them."""
        return self.filter(status=Refund.Status.SENT, check_at__lte=at).order_by("check_at")


class Refund(models.Model):
    """A part of a payment, or all of it, that goes back to the customer. Its amount counts in `Payment.refunded` from
    the moment it is written, also when it has failed: then somebody has to pay it back in another way.

    Its id is the idempotency key towards the provider. A refund of money that people move by hand stays `due` until
    one of them says that it is done.
    """

    class Status(models.TextChoices):
        DUE = "due", "To be paid back"
        SENT = "sent", "On its way"
        DONE = "done", "Paid back"
        FAILED = "failed", "Failed"

    class Kind(models.TextChoices):
        CANCELLED = "cancelled", "Booking cancelled"
        PART = "part", "Some tickets cancelled"
        EVENT = "event", "Event cancelled"
        LATE = "late", "Came too late"
        SURPLUS = "surplus", "More than was due"
        WRONG = "wrong", "Wrong amount or currency"
        HAND = "hand", "Given back by the organiser"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=6, choices=Status, default=Status.DUE)
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=LONGEST_NOTE, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided it, where no rule did",
    )
    provider_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1, help_text="Counts how often it was sent anew after failing")
    error = models.CharField(max_length=LONGEST_NOTE, blank=True)
    by_hand = models.BooleanField(
        default=False, db_default=False, help_text="Somebody has said that it was paid back, not the provider"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_is_of_something")]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(status="sent"), name="refunds_to_check"),
            models.Index(fields=["created_at"], condition=Q(status="failed"), name="refunds_failed"),
            models.Index(fields=["payment"], condition=Q(status__in=["due", "failed"]), name="refunds_to_do"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="refund_by_provider_id"),
            models.Index(fields=["created_at"], name="refunds_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_label} back"

    @property
    def amount_label(self) -> str:
        """Needs `payment` fetched."""
        return money.words(self.amount, self.payment.currency)

    @property
    def idempotency_key(self) -> str:
        """What a provider knows this attempt by: the same for each time it is said."""
        return f"{self.pk}-{self.attempt}"
