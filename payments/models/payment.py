"""Payments, and the money that came in for them."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from bookings.models import Booking
from core import money
from core.ids import new_id
from events.models import PaymentMethod

LONGEST_NOTE = 300
# An index has them.
TO_LOOK_AT = Q(status__in=["new", "open", "failed"]) | ~Q(note="") | Q(disputed_at__isnull=False)


class PaymentQuerySet(models.QuerySet):
    def under_way(self) -> Self:
        """Money may still be on its way, as far as we know."""
        return self.filter(status__in=Payment.UNDER_WAY)

    def to_check(self, at: datetime) -> Self:
        """Of which the provider should be asked, the longest overdue first."""
        return self.under_way().filter(check_at__lte=at).order_by("check_at")

    def abandoned(self) -> Self:
        """Under way, though their booking waits for no money any more."""
        return self.under_way().exclude(booking__status=Booking.Status.PENDING)

    def to_look_at(self) -> Self:
        """Few of them all: those on their way, those that have failed, and those with something odd."""
        return self.filter(TO_LOOK_AT)

    def with_money(self) -> Self:
        """Those that hold money which has not gone back."""
        return self.filter(received__gt=F("refunded"))

    def stranded(self) -> Self:
        """Of baskets that ended after a part of their price had come in, by a payment that was over before: nothing
        else would look at them."""
        over = self.filter(status__in=[Payment.Status.ENDED, Payment.Status.FAILED]).with_money()
        basket = Q(booking__confirmed_at=None, booking__status__in=[Booking.Status.CANCELLED, Booking.Status.EXPIRED])
        return over.filter(basket).exclude(booking__rescues__status__in=["asked", "line"])

    def of(self, user) -> Self:
        """The payments of one customer."""
        return self.filter(booking__customer_id=user.pk)


class Payment(models.Model):
    """One attempt to pay a booking, by one method. Amounts are minor units of `currency`.

    The row is written before the provider is asked, and its id is the idempotency key towards the provider. `amount`
    is what was asked for; `received` adds up its receipts and `refunded` its refunds, those on their way included.
    `provider_id` is the provider's name for it, and `url` where the customer pays.
    """

    class Status(models.TextChoices):
        NEW = "new", "Being started"
        OPEN = "open", "Waiting for the money"
        PAID = "paid", "Paid"
        ENDED = "ended", "Ended unpaid"
        FAILED = "failed", "Failed"

    UNDER_WAY = [Status.NEW, Status.OPEN]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=PaymentMethod)
    provider = models.CharField(max_length=20)
    account = models.ForeignKey(
        "payments.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Whose keys it was started with; empty: the platform's",
    )
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=6, choices=Status, default=Status.NEW)
    received = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    provider_id = models.CharField(max_length=255, blank=True)
    url = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True, help_text="When its provider is asked next")
    disputed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, help_text="What was odd about it")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("received")), name="no_more_goes_back_than_came_in"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_payment_is_of_something"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(status__in=["new", "open"]), name="one_payment_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="a_provider_names_it_once"
            ),
        ]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(status__in=["new", "open"]), name="payments_to_check"),
            models.Index(fields=["-created_at"], name="payments_by_moment"),
            models.Index(
                fields=["booking"],
                condition=Q(status__in=["ended", "failed"]) & Q(received__gt=F("refunded")),
                name="payments_with_stranded_money",
            ),
            models.Index(fields=["booking"], condition=TO_LOOK_AT, name="payments_to_look_at"),
            models.Index(fields=["disputed_at"], condition=Q(disputed_at__isnull=False), name="payments_disputed"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_label} by {self.get_method_display().lower()}"

    @property
    def amount_label(self) -> str:
        return money.words(self.amount, self.currency)

    @property
    def received_label(self) -> str:
        return money.words(self.received, self.currency)

    @property
    def refunded_label(self) -> str:
        return money.words(self.refunded, self.currency)

    @property
    def left(self) -> int:
        """What of it has not gone back, in minor units."""
        return self.received - self.refunded

    @property
    def missing(self) -> int:
        """What has not come in yet, in minor units."""
        return max(self.amount - self.received, 0)

    def next_check(self, at: datetime) -> datetime:
        """When to ask its provider again: what has been open for long is asked about seldom, after a tenth of its age,
        and a minute at the least."""
        return at + max((at - self.created_at) / 10, timedelta(minutes=1))

    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY


class Receipt(models.Model):
    """Money that came in: append-only. `reference` is the provider's, or the bank's, name for it: it comes in once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipts")
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who booked it in, where no provider did",
    )
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    dated = models.DateField(
        null=True, blank=True, help_text="The day it came in, by the bank or the cash box, where a person booked it in"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference"], name="money_comes_in_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_receipt_is_of_something"),
        ]
        indexes = [models.Index(fields=["at"], name="receipts_by_moment")]

    def __str__(self) -> str:
        return f"{self.amount_label} came in"

    @property
    def amount_label(self) -> str:
        return money.words(self.amount, self.currency)
