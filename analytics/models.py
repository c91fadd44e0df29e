"""Figures, counted by quarters of an hour; what is counted nowhere else; and what has to be counted anew."""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.utils import timezone

from events.models import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # nothing was counted before


class Level(models.TextChoices):
    """What a slot is about."""

    EVENT = "event", "An event"
    TEAM = "team", "A team's events"
    PLATFORM = "platform", "All events"


class Span(models.TextChoices):
    """How much time a slot covers: a quarter of an hour, and whole hours and days of UTC that are sums of those."""

    QUARTER = "quarter", "A quarter of an hour"
    HOUR = "hour", "An hour"
    DAY = "day", "A day of UTC"

    @property
    def length(self) -> timedelta:
        return {Span.QUARTER: timedelta(minutes=15), Span.HOUR: timedelta(hours=1), Span.DAY: timedelta(days=1)}[self]

    def begins(self, moment: datetime) -> datetime:
        """When the slot of this span begins that a moment lies in."""
        return moment - (moment - EPOCH) % self.length


# Of what there are slots, the finest first. An event has none of hours: they would be nearly as many as its quarters.
SPANS = {
    Level.EVENT: (Span.QUARTER, Span.DAY),
    Level.TEAM: (Span.QUARTER, Span.HOUR, Span.DAY),
    Level.PLATFORM: (Span.QUARTER, Span.HOUR, Span.DAY),
}


def _slots(level: str, span: str, **more: object) -> models.Q:
    return models.Q(level=level, span=span, **more)


class Slot(models.Model):
    """What happened in one span of time, which begins at `at`: `scope` is the event's or the team's id, and nil for the
    platform. docs/analytics.md defines each figure.

    `part` is empty for what people did, a currency for amounts (minor units), or an event's ticket type. Numbers of
    people and seats stand in the first, `tickets`, `lost` and amounts in those of ticket types too. Rows are made
    from other rows alone, and made anew whenever those change: `operations.sweep`.
    """

    id = models.BigAutoField(primary_key=True)
    level = models.CharField(max_length=8, choices=Level)
    scope = models.UUIDField()
    span = models.CharField(max_length=8, choices=Span)
    at = models.DateTimeField()
    part = models.CharField(max_length=36, blank=True)

    views = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0, help_text="Seats asked for that were sold out")
    basketed = models.BigIntegerField(default=0, help_text="Seats put in baskets")
    lapsed = models.BigIntegerField(default=0, help_text="Seats in baskets whose time was up")
    abandoned = models.BigIntegerField(default=0, help_text="Seats in baskets that were given back")
    bookings = models.BigIntegerField(default=0)
    tickets = models.BigIntegerField(default=0, help_text="Seats in these bookings when they were made")
    lost = models.BigIntegerField(default=0, help_text="Those of these tickets that have been cancelled since")
    cancelled = models.BigIntegerField(default=0, help_text="Seats cancelled at this time, whenever they were booked")
    cancelled_month = models.BigIntegerField(default=0, help_text="30 days before the start or more")
    cancelled_week = models.BigIntegerField(default=0, help_text="7 days before, or more")
    cancelled_days = models.BigIntegerField(default=0, help_text="24 hours before, or more")
    cancelled_late = models.BigIntegerField(default=0, help_text="Less than 24 hours before, or after the start")
    joined = models.BigIntegerField(default=0, help_text="Parties that joined the waitlist")
    wanted = models.BigIntegerField(default=0, help_text="Seats those parties wait for")
    called = models.BigIntegerField(default=0, help_text="Parties that stopped waiting: an offer, or gone")
    arrived = models.BigIntegerField(default=0, help_text="Tickets checked in")
    sold = models.BigIntegerField(default=0, help_text="Price of these tickets when they were booked")
    undone = models.BigIntegerField(default=0, help_text="The part of `sold` that has been cancelled since")
    received = models.BigIntegerField(default=0, help_text="Money that came in")
    refunded = models.BigIntegerField(default=0, help_text="Money that went back, or is to")

    class Meta:
        verbose_name = "sum"
        verbose_name_plural = "sums by time"
        constraints = [
            models.UniqueConstraint(fields=["level", "scope", "span", "at", "part"], name="a_slot_is_counted_once"),
        ]
        indexes = [
            models.Index(fields=["at"], condition=_slots("team", "quarter"), name="slots_of_teams"),
            models.Index(fields=["at"], condition=_slots("event", "quarter"), name="slots_of_events"),
            # For what looks at many events: rankings, and how much is sold of what is to come.
            models.Index(
                fields=["at"],
                include=["scope", "tickets", "bookings", "cancelled"],
                condition=_slots("event", "day", part=""),
                name="slots_of_days",
            ),
            models.Index(fields=["scope"], condition=_slots("event", "day", arrived__gt=0), name="slots_of_arrivals"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.scope}, {self.span} of {self.at:%Y-%m-%d %H:%M}"


MEASURES = (
    "views", "refused", "basketed", "lapsed", "abandoned", "bookings", "tickets", "lost", "cancelled",
    "cancelled_month", "cancelled_week", "cancelled_days", "cancelled_late", "joined", "wanted", "called", "arrived",
    "sold", "undone", "received", "refunded",
)  # fmt: skip


class Stale(models.Model):
    """An event's quarter of an hour that has to be counted anew, because a row has changed; without one, all of its
    slots. Written by the database itself, in the transaction of the change (sql/stale.sql), and taken by the sweep."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    at = models.DateTimeField(null=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "time to count anew"
        verbose_name_plural = "times to count anew"

    def __str__(self) -> str:
        return f"{self.event_id} at {self.at or 'all times'}"


class Sighting(models.Model):
    """What has no row of its own: page views, and seats refused by ticket type. Brought from Redis."""

    class What(models.TextChoices):
        VIEW = "view", "Page views"
        REFUSED = "refused", "Seats refused"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=8, choices=What)
    part = models.CharField(max_length=36, blank=True, help_text="The ticket type")
    count = models.BigIntegerField()

    class Meta:
        verbose_name = "views or refusals"
        verbose_name_plural = "views and refusals"
        constraints = [
            models.UniqueConstraint(fields=["event", "at", "what", "part"], name="a_sighting_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.get_what_display().lower()}"


class Haul(models.Model):
    """A batch of counts that has been brought from Redis: never twice."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "batch of views and refusals"
        verbose_name_plural = "batches of views and refusals"

    def __str__(self) -> str:
        return str(self.pk)
