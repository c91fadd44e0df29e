"""Events and where they take place."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import Team
from accounts.permissions import Permission, teams_where
from core.ids import new_id
from events.models.inventory import Inventory
from events.models.ticket_type import TicketType

FOR_SEARCH_ALONE = ("search_words", "search_text", "search_vector")  # wide columns that nothing shows


class Category(models.TextChoices):
    CONFERENCE = "conference", "Conference"
    WORKSHOP = "workshop", "Workshop"
    NETWORKING = "networking", "Networking"
    SOCIAL = "social", "Social"
    BUSINESS = "business", "Business"
    ENTERTAINMENT = "entertainment", "Entertainment"
    SPORTS = "sports", "Sports"
    EDUCATION = "education", "Education"
    CULTURAL = "cultural", "Cultural"
    OTHER = "other", "Other"


class PaymentMethod(models.TextChoices):
    """How guests may pay for what costs something."""

    CARD = "card", "Card"
    TRANSFER = "transfer", "Bank transfer"
    DOOR = "door", "At the door"


def at_the_door() -> list[str]:
    return [PaymentMethod.DOOR]


def full_refund() -> list[list[int]]:
    """Everything comes back until a day before."""
    return [[24, 100]]


class WaitlistOrder(models.TextChoices):
    """Who gets freed seats when they are too few for the party at the head of the line."""

    STRICT = "strict", "Strict order: seats wait until the first party fits"
    FILL = "fill", "Fill seats: the first party that fits"


class Venue(models.Model):
    """A place where a team's events happen. Coordinates are WGS 84 degrees."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organizer = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="venues")
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=240, blank=True)
    city = models.CharField(max_length=120)
    country = models.CharField("country code", max_length=2, help_text="ISO 3166-1 alpha-2")
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="venue_by_coordinates"),
            models.Index(Upper("city"), name="venue_by_city"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)))
                | (Q(latitude=None) & Q(longitude=None)),
                name="coordinates_lie_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    @property
    def in_full(self) -> str:
        """'Hot Clube, Praça da Alegria 48, Lisbon'."""
        return ", ".join(filter(None, [self.name, self.address, self.city]))


class EventQuerySet(models.QuerySet):
    def public(self) -> Self:
        """What anyone may see: everything but drafts."""
        return self.exclude(status=Event.Status.DRAFT)

    def bookable(self) -> Self:
        """What a booking may name: public events, and rehearsals, whose ids only their buyers know."""
        return self.filter(~Q(status=Event.Status.DRAFT) | Q(rehearsal=True))

    def real(self) -> Self:
        """Without rehearsals."""
        return self.filter(rehearsal=False)

    def visible_to(self, user) -> Self:
        """What this person may see: public events, and their own teams' drafts."""
        if not user.is_authenticated:
            return self.public()
        mine = teams_where(user, Permission.SEE_GUESTS).values("pk")
        return self.real().filter(~Q(status=Event.Status.DRAFT) | Q(organizer__in=mine))

    def editable_by(self, user) -> Self:
        """Events of the teams in which this person may edit."""
        return self.real().filter(organizer__in=teams_where(user, Permission.EDIT_EVENTS).values("pk"))

    def run_by(self, user) -> Self:
        """Events of the teams this person belongs to; every event for platform staff."""
        return self.real().filter(organizer__in=teams_where(user, Permission.SEE_GUESTS).values("pk"))

    def with_door_for(self, user) -> Self:
        """Events of the teams in which this person may check guests in, drafts left out: nobody comes to those."""
        mine = teams_where(user, Permission.CHECK_IN).values("pk")
        return self.real().exclude(status=Event.Status.DRAFT).filter(organizer__in=mine)

    def with_place(self) -> Self:
        """With what a line in a list shows: one statement."""
        return self.select_related("inventory", "venue", "organizer")

    def upcoming(self, at: datetime) -> Self:
        """Not over yet."""
        return self.filter(ends_at__gt=at)

    def with_all(self) -> Self:
        """With everything a card or a page shows: two statements, however many events."""
        # The prefetch gives each type the event that it was fetched for: no need to join it.
        for_sale = TicketType.objects.on_show().select_related(None).select_related("inventory")
        types = Prefetch("ticket_types", queryset=for_sale, to_attr="types_on_card")
        return self.select_related("inventory", "venue", "organizer").defer(*FOR_SEARCH_ALONE).prefetch_related(types)


class Event(models.Model):
    """One event. Moments are UTC; `timezone` is the zone its people live by. `version` counts edits.

    `currency` holds for all its ticket types. `lowest_price` and `highest_price` repeat the ticket
    types' prices in major units, for search alone. `takes_codes`: some promo code of it is active. A `rehearsal` is a
    draft that can be booked: what virtual buyers rush for. Nobody is shown it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        POSTPONED = "postponed", "Postponed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organizer = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="events")
    inventory = models.OneToOneField(Inventory, on_delete=models.PROTECT, related_name="event")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    slug = models.SlugField(max_length=180, unique=True)
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=280, blank=True)
    description = models.TextField(max_length=20_000, blank=True, help_text="Markdown")
    category = models.CharField(max_length=20, choices=Category, default=Category.OTHER)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    timezone = models.CharField(max_length=60, default="UTC")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    online_url = models.URLField(max_length=500, blank=True)
    image = models.ImageField(upload_to="events/", blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    currency = models.CharField(max_length=3, default="EUR")
    max_per_person = models.PositiveSmallIntegerField(null=True, blank=True)
    cancellation_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Bookings can be cancelled until this many hours before the start."
    )
    payment_methods = ArrayField(
        models.CharField(max_length=10, choices=PaymentMethod),
        default=at_the_door,
        db_default=["door"],
        help_text="How guests may pay for what costs something.",
    )
    refund_steps = models.JSONField(
        default=full_refund,
        db_default=[[24, 100]],
        help_text="Pairs of hours before the start and the percentage that comes back until then, the earliest first.",
    )
    waitlist_order = models.CharField(
        max_length=6, choices=WaitlistOrder, default=WaitlistOrder.STRICT, db_default=WaitlistOrder.STRICT
    )
    offer_minutes = models.PositiveSmallIntegerField(
        default=240, db_default=240, help_text="How long seats stay reserved for who is next in line."
    )
    fee_name = models.CharField(max_length=40, default="booking fee", db_default="booking fee")
    fee_fixed = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Minor units, on each paid ticket.")
    fee_percent = models.DecimalField(
        max_digits=6,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="Of the price with tax, on each paid ticket.",
    )
    takes_codes = models.BooleanField(default=False, db_default=False, editable=False)
    rehearsal = models.BooleanField(default=False, db_default=False, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)
    lowest_price = models.DecimalField(max_digits=14, decimal_places=3, null=True, editable=False)
    highest_price = models.DecimalField(max_digits=14, decimal_places=3, null=True, editable=False)
    search_words = models.TextField(blank=True, editable=False)
    # Lower case without accents, for typos; and weighted words, for full-text search (migration 0001).
    search_text = models.GeneratedField(
        expression=models.Func(F("search_words"), function="evently_fold"),
        output_field=models.TextField(),
        db_persist=True,
    )
    search_vector = models.GeneratedField(
        expression=models.Func(
            F("title"), F("summary"), F("search_words"), F("description"), function="evently_event_vector"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EventQuerySet.as_manager()
    types_on_card: list[TicketType]  # fetched by `with_all`

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(max_per_person=None) | Q(max_per_person__gt=0), name="max_per_person_is_positive"
            ),
            models.CheckConstraint(condition=Q(fee_percent__range=(0, 100)), name="a_fee_is_per_cent"),
            models.CheckConstraint(condition=Q(rehearsal=False) | Q(status="draft"), name="a_rehearsal_is_a_draft"),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="event_by_start"),
            # With what the counts by category look at: they never touch the events themselves.
            models.Index(fields=["ends_at", "status", "category"], name="event_by_end"),
            models.Index(fields=["category", "starts_at"], name="event_by_category"),
            GinIndex(fields=["search_vector"], name="event_by_words"),
            GinIndex(fields=["tags"], name="event_by_tags"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="event_by_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:detail", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def local_start(self) -> datetime:
        """The start in the event's own zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def cancellable_until(self) -> datetime:
        """The moment after which customers can't cancel any more."""
        return self.starts_at - timedelta(hours=self.cancellation_hours)

    @property
    def policy(self) -> dict[str, Any]:
        """The rules of cancelling as they are now. Each booking keeps those it was made by."""
        return {"cancel_hours": self.cancellation_hours, "refund": self.refund_steps}

    def must_be_paid_first(self, total: int) -> bool:
        """Whether so much (minor units) has to be paid, or the door to be chosen, before a booking is confirmed."""
        return total > 0 and self.payment_methods != [PaymentMethod.DOOR]

    @property
    def place(self) -> str:
        """Where, in a word: 'Lisbon' or 'Online'. Needs `venue` fetched."""
        return self.venue.city if self.venue else "Online"

    def types_for_sale(self):
        """The ticket types that are not retired, hidden ones too, with their limits, in the organiser's order."""
        return self.ticket_types.for_sale()

    def is_selling(self) -> bool:
        """Whether its state allows bookings. Dates, ticket types and seats have their own say."""
        return self.rehearsal or self.status == self.Status.PUBLISHED

    def is_over(self, at: datetime) -> bool:
        return self.ends_at <= at
