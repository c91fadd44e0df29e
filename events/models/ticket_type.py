"""What can be bought for an event."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q, Sum

from core import money
from core.ids import new_id
from events.models.inventory import Inventory


class SeatsTaken(NamedTuple):
    """Seats in live bookings, and the part of them that is in baskets."""

    claimed: int
    held: int


class TicketTypeQuerySet(models.QuerySet):
    def for_sale(self) -> Self:
        """Those not retired, with their limits, as the organiser ordered them."""
        return self.filter(retired_at=None).select_related("inventory", "event").order_by("position", "id")

    def on_show(self) -> Self:
        """Those of them that everybody sees."""
        return self.for_sale().filter(hidden=False)


class TicketType(models.Model):
    """A kind of admission to an event. All amounts are in minor units of the event's currency.

    `price` is what a guest pays for one ticket in all: with tax and fee. It follows from `asked_price`, which the
    organiser entered, by events.tariff; `fee` is the part of it that is the event's fee, and `tax_rate`, in per cent
    of the net, the rate of the tax in it: the type's `own_tax_rate`, or else its team's.

    Without an inventory of its own it is limited by the house alone. Hidden types are sold only with a promo code that
    unlocks them. Retired types are no longer sold, but bookings still point to them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, related_name="ticket_types")
    inventory = models.OneToOneField(
        Inventory, on_delete=models.PROTECT, null=True, blank=True, related_name="ticket_type"
    )
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=280, blank=True)
    asked_price = models.PositiveBigIntegerField(default=0, db_default=0)
    own_tax_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    price = models.PositiveBigIntegerField(default=0)
    fee = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    tax_rate = models.DecimalField(
        max_digits=6, decimal_places=3, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    hidden = models.BooleanField(default=False, db_default=False)
    sales_start_at = models.DateTimeField(null=True, blank=True)
    sales_end_at = models.DateTimeField(null=True, blank=True)
    min_per_booking = models.PositiveSmallIntegerField(default=1)
    max_per_booking = models.PositiveSmallIntegerField(default=10)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TicketTypeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_per_booking__gte=1) & Q(max_per_booking__gte=F("min_per_booking")),
                name="bookings_have_a_sensible_size",
            ),
            models.CheckConstraint(
                condition=Q(sales_start_at=None) | Q(sales_end_at=None) | Q(sales_end_at__gt=F("sales_start_at")),
                name="sales_end_after_they_start",
            ),
            models.CheckConstraint(condition=Q(price__gte=F("fee")), name="a_fee_is_part_of_the_price"),
            models.CheckConstraint(
                condition=Q(tax_rate__range=(0, 100)) & (Q(own_tax_rate=None) | Q(own_tax_rate__range=(0, 100))),
                name="a_tax_is_per_cent_of_a_price",
            ),
        ]
        indexes = [models.Index(fields=["event", "position"], name="ticket_type_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def price_label(self) -> str:
        """'€12.50' or 'Free'. Needs `event` fetched."""
        return money.words(self.price, self.event.currency)

    @property
    def tax(self) -> int:
        """The tax in the price of one ticket, in minor units."""
        return money.tax_within(self.price, self.tax_rate)

    def seats_taken(self) -> SeatsTaken:
        """Seats of this type in live bookings, counted: only true while the house inventory is locked."""
        live = self.lines.filter(booking__status__in=["pending", "confirmed"])
        counted = live.aggregate(
            claimed=Sum("quantity", default=0),
            held=Sum("quantity", filter=Q(booking__status="pending"), default=0),
        )
        return SeatsTaken(**counted)

    @property
    def local_sales_start(self) -> datetime | None:
        """When sales start, in the event's own zone."""
        return self.sales_start_at and self.sales_start_at.astimezone(self.event.zone)

    def sales_started(self, at: datetime) -> bool:
        return self.sales_start_at is None or self.sales_start_at <= at

    def sales_ended(self, at: datetime) -> bool:
        """Sales end at their own moment, and with the event at the latest."""
        return (self.sales_end_at is not None and self.sales_end_at <= at) or self.event.is_over(at)

    def on_sale(self, at: datetime) -> bool:
        return self.retired_at is None and self.sales_started(at) and not self.sales_ended(at)
