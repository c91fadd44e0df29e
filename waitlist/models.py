"""Who waits for which seats."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from core import money
from core.ids import new_id
from events.models import Event, TicketType

MOST_LEAD_HOURS = 24 * 14
FIRST_NUMBER = -1_000_000_000  # those who stand before everybody count from here
LONGEST_REASON = 200


def number_label(number: int) -> str:
    """'#12', or 'P1' for the first of those who have paid."""
    return f"P{number - FIRST_NUMBER}" if number < 0 else f"#{number}"


class EntryQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """The places of one customer."""
        return self.filter(customer_id=user.pk)

    def waiting(self) -> Self:
        """In line; for none of them seats are reserved."""
        return self.filter(status=Entry.Status.WAITING)

    def offered(self) -> Self:
        """With seats reserved, until they say yes or no or their time is up."""
        return self.filter(status=Entry.Status.OFFERED)

    def live(self) -> Self:
        return self.filter(status__in=Entry.LIVE)

    def due(self, at: datetime) -> Self:
        """Offers whose time is up, the oldest first."""
        return self.offered().filter(offer_expires_at__lte=at).order_by("offer_expires_at")

    def too_late(self, at: datetime) -> Self:
        """Those who wait in vain: too near the start for them, or their tickets are not sold any more."""
        near = self.waiting().filter(event__starts_at__lte=at + timedelta(hours=MOST_LEAD_HOURS))
        nearer = Q(event__starts_at__lte=Value(at) + F("lead_hours") * timedelta(hours=1))
        closed = Q(ticket_type__sales_end_at__lte=at) | Q(ticket_type__retired_at__isnull=False)
        return near.filter(nearer) | self.waiting().filter(closed)

    def in_order(self) -> Self:
        return self.order_by("event_id", "number")

    def with_position(self) -> Self:
        """With `ahead`: how many parties wait in front. Counted, never stored."""
        ahead = Entry.objects.waiting().filter(event=OuterRef("event"), number__lt=OuterRef("number")).order_by()
        counted = ahead.values("event").annotate(count=Count("*")).values("count")
        return self.annotate(ahead=Coalesce(Subquery(counted), 0))

    def with_all(self) -> Self:
        """With all that a page shows of it: one statement."""
        return self.select_related("event__venue", "ticket_type", "offered_type").with_position()


class Entry(models.Model):
    """A party in an event's line: so many seats of one ticket type, or of any. Its owner is offered seats, once.

    There is one line for each event. `number` is drawn when one joins, under the lock of the event's house, so numbers
    are in the order of the commits. `waits_at` names the limits (inventories) that are too small for the party or at
    which somebody in front has precedence; each of these counts it in `Inventory.waiting`.

    Who paid for a booking whose seats were gone may stand before everybody else, `for_booking`: for all its `parts`
    together, with a number below 0. What comes free for them is theirs without being asked.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "Seats offered"
        ACCEPTED = "accepted", "Accepted"
        PASSED = "passed", "Passed on"
        LAPSED = "expired", "Offer expired"
        LEFT = "left", "Left"
        REMOVED = "removed", "Removed by the organiser"
        ENDED = "ended", "Nothing came free in time"

    LIVE = [Status.WAITING, Status.OFFERED]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="line", db_index=False)
    number = models.IntegerField(help_text="Below 0: those who paid for seats that were gone")
    ticket_type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: any"
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="places_in_line", db_index=False
    )
    quantity = models.PositiveSmallIntegerField()
    lead_hours = models.PositiveSmallIntegerField(
        default=0, help_text="No offers later than so many hours before the start."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    waits_at = ArrayField(models.BigIntegerField(), default=list, editable=False)
    joined_at = models.DateTimeField()
    offered_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    booking_id = models.UUIDField(null=True, blank=True, help_text="What an accepted offer became")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of the team: who removed it, or invited it out of order",
    )
    reason = models.CharField(
        max_length=LONGEST_REASON, blank=True, help_text="Why it was removed, or invited out of order"
    )
    for_booking = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The booking that was paid too late for its seats"
    )
    parts = models.JSONField(
        default=list, db_default=[], editable=False, help_text="Of that booking: pairs of ticket type and quantity"
    )

    objects = EntryQuerySet.as_manager()
    if TYPE_CHECKING:
        ahead: int  # by `with_position`

    class Meta:
        verbose_name = "place in line"
        verbose_name_plural = "places in line"
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="a_number_is_drawn_once"),
            models.UniqueConstraint(
                fields=["event", "customer"], condition=Q(status__in=["waiting", "offered"]), name="one_place_in_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_party_has_people"),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_expires_at__isnull=False, offered_type__isnull=False),
                name="an_offer_has_an_end",
            ),
            models.CheckConstraint(condition=Q(status="waiting") | Q(waits_at=[]), name="only_who_waits_is_counted"),
        ]
        indexes = [
            models.Index(fields=["event", "number"], condition=Q(status="waiting"), name="the_line"),
            models.Index(fields=["offer_expires_at"], condition=Q(status="offered"), name="offers_lapsing"),
            models.Index(fields=["customer", "-joined_at"], name="places_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.quantity} seats"

    def get_absolute_url(self) -> str:
        return reverse("waitlist:place", args=[self.pk])

    @property
    def label(self) -> str:
        """'#12', or 'P1' for who has paid."""
        return number_label(self.number)

    @property
    def is_paid(self) -> bool:
        """Whether it stands in front for seats that are paid."""
        return self.for_booking is not None

    @property
    def position(self) -> int | None:
        """1 for who is next; None for who is not in line. Needs `with_position`."""
        return self.ahead + 1 if self.status == self.Status.WAITING else None

    @property
    def last_moment(self) -> datetime:
        """After which seats are of no use to them. Needs `event` fetched."""
        return self.event.starts_at - timedelta(hours=self.lead_hours)

    @property
    def total(self) -> int:
        """What accepting costs in all, in minor units. Needs `event` and `offered_type` fetched."""
        return self.offered_type.price * self.quantity if self.offered_type else 0

    @property
    def total_label(self) -> str:
        return money.words(self.total, self.event.currency)

    @property
    def must_be_paid_first(self) -> bool:
        """Whether accepting it leads to paying."""
        return self.event.must_be_paid_first(self.total)

    @property
    def answer_label(self) -> str:
        """What the button says that accepts."""
        if self.must_be_paid_first:
            return "Accept and pay"
        return "Accept and pay at the door" if self.total else "Accept"

    def is_live(self) -> bool:
        return self.status in self.LIVE

    def has_offer(self, at: datetime) -> bool:
        """Whether its seats can be accepted now."""
        return self.status == self.Status.OFFERED and self.offer_expires_at is not None and at < self.offer_expires_at
