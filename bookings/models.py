"""Bookings and what they consist of."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Prefetch, Q, Sum
from django.urls import reverse
from django.utils import timezone

from core import money
from core.ids import new_code, new_id
from events.models import Event, PromoCode, TicketType

NO_HURRY = timedelta(hours=2)  # nobody is asked whether they need more than that
REFERENCE_LENGTH = 10  # 50 random bits: unguessable, and a person can read it out


def new_reference() -> str:
    """A booking reference for people."""
    return new_code(REFERENCE_LENGTH)


class BookingQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """The bookings of one customer."""
        return self.filter(customer_id=user.pk)

    def pending(self) -> Self:
        """In a basket: seats are held, nothing is booked yet."""
        return self.filter(status=Booking.Status.PENDING)

    def confirmed(self) -> Self:
        return self.filter(status=Booking.Status.CONFIRMED)

    def live(self) -> Self:
        """Those that occupy seats."""
        return self.filter(status__in=Booking.LIVE)

    def lapsed(self, at: datetime) -> Self:
        """Baskets whose time is up."""
        return self.pending().filter(hold_expires_at__lte=at)

    def coming(self, at: datetime) -> Self:
        """Confirmed, for events that are not over: the next one first."""
        return self.confirmed().filter(event__ends_at__gt=at).order_by("event__starts_at", "id")

    def held(self, at: datetime) -> Self:
        """Baskets whose time is not up: the one that lapses first comes first."""
        return self.pending().filter(hold_expires_at__gt=at).order_by("hold_expires_at", "id")

    def over(self, at: datetime) -> Self:
        """What took place or was cancelled, the latest first; baskets that came to nothing don't count."""
        attended = Q(status=Booking.Status.CONFIRMED, event__ends_at__lte=at)
        ended = Q(status__in=[Booking.Status.CANCELLED, Booking.Status.REFUNDED], confirmed_at__isnull=False)
        return self.filter(attended | ended).order_by("-event__starts_at", "-id")

    def with_all(self) -> Self:
        """With everything a booking's card shows: two statements, however many bookings."""
        lines = BookingLine.objects.filter(quantity__gt=0).select_related("ticket_type").order_by("id")
        return self.select_related("event__venue", "event__organizer", "customer", "promo_code").prefetch_related(
            Prefetch("lines", queryset=lines)
        )

    def of_guests(self) -> Self:
        """All but what came to nothing: baskets that lapsed or were given back."""
        return self.filter(Q(status__in=Booking.LIVE) | Q(confirmed_at__isnull=False))

    def seats(self) -> int:
        """How many seats these bookings occupy."""
        return self.aggregate(seats=Sum("quantity"))["seats"] or 0


class Booking(models.Model):
    """Seats that one customer holds or has booked. `total` is in minor units of `currency`.

    `name` and `email` stay empty while the customer's own hold. `request_hash` is a digest of what an
    idempotency key was first used for.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "In basket"
        CONFIRMED = "confirmed", "Confirmed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"
        REFUNDED = "refunded", "Refunded"

    class PaidBy(models.TextChoices):
        NOTHING = "", "Nothing to pay"
        DOOR = "door", "To be paid at the door"
        MONEY = "money", "Paid"

    class Source(models.TextChoices):
        ONLINE = "online", "Online"
        BOX_OFFICE = "box-office", "Box office"
        COMPLIMENTARY = "complimentary", "Complimentary"

    LIVE = [Status.PENDING, Status.CONFIRMED]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=REFERENCE_LENGTH, default=new_reference, editable=False)
    # No indexes of their own: those below begin with them, and every index is paid for by every booking.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    quantity = models.PositiveIntegerField()
    total = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    paid_by = models.CharField(
        max_length=5,
        choices=PaidBy,
        default=PaidBy.NOTHING,
        db_default=PaidBy.NOTHING,
        blank=True,
        help_text="What it was confirmed on",
    )
    promo_code = models.ForeignKey(
        PromoCode, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    adjustment = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Minor units owed beyond its seats' price: a fee for cancelling, or, negative, a refund by hand",
    )
    policy = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="The rules of cancelling that it was made by"
    )
    # The booking function writes none of the next three: what guests book themselves has their defaults.
    source = models.CharField(max_length=13, choices=Source, default=Source.ONLINE, db_default=Source.ONLINE)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="Who of the team booked it on behalf of the guest",
    )
    source_note = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="Why it was given away, or a note of the box office",
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often its customer asked for more time"
    )
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was cancelled or lapsed")
    # Null, not empty, where there is none: only nulls may repeat under the constraint below.
    idempotency_key = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001
    request_hash = models.CharField(max_length=64, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="a_reference_is_unique"),
            models.UniqueConstraint(fields=["customer", "idempotency_key"], name="one_booking_per_idempotency_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_booking_has_seats"),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(hold_expires_at__isnull=False), name="a_basket_has_an_end"
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(total=0) | ~Q(paid_by=""), name="nothing_is_confirmed_unpaid"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "customer"], name="booking_by_event_and_customer"),
            models.Index(fields=["event", "created_at", "id"], name="booking_by_event_and_moment"),
            models.Index(fields=["customer", "-created_at"], name="booking_by_customer"),
            models.Index(
                fields=["promo_code", "customer"], condition=Q(promo_code__isnull=False), name="booking_by_promo_code"
            ),
            models.Index(fields=["hold_expires_at"], condition=Q(status="pending"), name="booking_lapsing"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.pk])

    @property
    def holder(self) -> str:
        """The name the tickets are for. Needs `customer` fetched."""
        return self.name or str(self.customer)

    @property
    def contact_email(self) -> str:
        """Where mail about it goes; empty for guests without an address."""
        return self.email or self.customer.address

    @property
    def total_label(self) -> str:
        return money.words(self.total, self.currency)

    @property
    def adjustment_label(self) -> str:
        return money.words(self.adjustment, self.currency)

    @property
    def total_term(self) -> str:
        """What its total is: paid, still to be paid, or merely a sum."""
        if self.total and self.status == self.Status.PENDING:
            return "To pay"
        if self.total and self.status == self.Status.CONFIRMED:
            return "Paid" if self.paid_by == self.PaidBy.MONEY else "To pay at the door"
        return "Total"

    def parts(self) -> list[tuple[str, int]]:
        """What the total includes: each tax, then the fee, named, in minor units. Needs what `with_all` fetches."""
        taxes: dict[Decimal, int] = {}
        lines = self.lines.all()
        for line in lines:
            taxes[line.tax_rate] = taxes.get(line.tax_rate, 0) + line.tax
        name = self.event.organizer.tax_name
        found = [(f"incl. {money.percent_words(rate)} {name}", tax) for rate, tax in sorted(taxes.items()) if tax]
        fee = sum(line.fee for line in lines)
        return [*found, (f"incl. {self.event.fee_name}", fee)] if fee else found

    def is_live(self) -> bool:
        return self.status in self.LIVE

    def is_held(self, at: datetime) -> bool:
        """Whether it is a basket whose time is not up."""
        return self.time_left(at) > timedelta(0)

    def time_left(self, at: datetime) -> timedelta:
        """How long its seats are still held; nothing for what is no basket."""
        if self.status != self.Status.PENDING or self.hold_expires_at is None:
            return timedelta(0)
        return max(self.hold_expires_at - at, timedelta(0))

    def has_lapsed(self, at: datetime) -> bool:
        """Whether it is a basket whose time is up, and nobody has given its seats back yet."""
        return self.status == self.Status.PENDING and not self.time_left(at)

    def more_minutes(self, at: datetime) -> int:
        """How many minutes more its customer may ask for; 0 when there is no need, or no more to be had."""
        left = self.time_left(at)
        asked_too_often = self.extensions >= settings.HOLD_EXTENSIONS
        return 0 if asked_too_often or not left or left > NO_HURRY else settings.HOLD_EXTENSION_MINUTES

    def is_cancellable(self, at: datetime) -> bool:
        """Baskets always; bookings until the event's deadline. Needs `event` fetched."""
        return may_be_cancelled(self.status, self.cancellable_until, at)

    @property
    def cancellable_until(self) -> datetime:
        """By the rules it was made by, and the start as it is now. Needs `event` fetched."""
        policy = self.policy or self.event.policy
        return self.event.starts_at - timedelta(hours=policy["cancel_hours"])


def may_be_cancelled(status: str, until: datetime, at: datetime) -> bool:
    """Whether customers may cancel a booking of that status, if bookings can be cancelled until then."""
    if status == Booking.Status.PENDING:
        return True
    return status == Booking.Status.CONFIRMED and at < until


class BookingLine(models.Model):
    """One ticket type in a booking, at the price it was booked at. Amounts are in minor units.

    `discount` is what a promo code took off the whole line, the same off each ticket; `tax`, at `tax_rate` per cent of
    the net, and `fee` are parts of what is left to pay. `with_code`: its tickets are uses of the booking's code.
    `quantity` counts the seats it has now, and is 0 when all of them were cancelled one by one; `cancelled_discount` is
    what the code had taken off those.
    """

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="lines", db_index=False)
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveSmallIntegerField()
    unit_price = models.PositiveBigIntegerField()
    discount = models.PositiveBigIntegerField(default=0, db_default=0)
    fee = models.PositiveBigIntegerField(default=0, db_default=0)
    tax = models.PositiveBigIntegerField(default=0, db_default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    with_code = models.BooleanField(default=False, db_default=False)
    cancelled_numbers = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Of the tickets that were cancelled one by one",
    )
    cancelled_discount = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "ticket_type"], name="one_line_per_ticket_type"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | ~Q(cancelled_numbers=[]), name="a_line_has_or_had_seats"
            ),
            models.CheckConstraint(
                condition=Q(discount__lte=F("quantity") * F("unit_price"))
                & Q(fee__lte=F("quantity") * F("unit_price") - F("discount"))
                & Q(tax__lte=F("quantity") * F("unit_price") - F("discount")),
                name="a_line_takes_off_no_more_than_it_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.ticket_type_id}"

    @property
    def numbers(self) -> list[int]:
        """The numbers of its tickets that are not cancelled: each keeps the one it has."""
        every = range(1, self.quantity + len(self.cancelled_numbers) + 1)
        return [number for number in every if number not in self.cancelled_numbers]

    @property
    def price_label(self) -> str:
        return money.words(self.unit_price, self.booking.currency)

    @property
    def subtotal(self) -> int:
        """Before any discount, in minor units."""
        return self.quantity * self.unit_price

    @property
    def subtotal_label(self) -> str:
        return money.words(self.subtotal, self.booking.currency)

    @property
    def total(self) -> int:
        """What there is to pay for it, in minor units."""
        return self.subtotal - self.discount

    @property
    def each(self) -> int:
        """What there is to pay for one of its tickets, in minor units: a discount is the same on each."""
        return self.total // self.quantity if self.quantity else 0

    @property
    def discount_label(self) -> str:
        return money.words(self.discount, self.booking.currency)
