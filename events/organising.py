"""What organisers see of their events: lists by state, numbers, the next step. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from accounts.permissions import Permission, has_staff_powers, teams_where
from events.availability import State, availability_of
from events.models import Event, TicketType
from events.models.event import EventQuerySet

PAGE_SIZE = 20
Status = Event.Status
LIVE = [Status.PUBLISHED, Status.POSTPONED]
BADGES = {  # tone and word of an event's state
    State.OPEN: ("ok", "On sale"),
    State.FEW: ("ok", "On sale"),
    State.SOLD_OUT: ("warn", "Sold out"),
    State.NOT_YET: ("info", "Not on sale yet"),
    State.CLOSED: ("", "Sales closed"),
    State.POSTPONED: ("warn", "Postponed"),
    State.CANCELLED: ("bad", "Cancelled"),
    State.PAST: ("", "Past"),
    State.DRAFT: ("outline", "Draft"),
}


class Shelf(StrEnum):
    """Where in the organiser's list an event stands."""

    UPCOMING = "upcoming"
    DRAFTS = "drafts"
    PAST = "past"
    CANCELLED = "cancelled"

    def rule(self, at: datetime) -> Q:
        """Which events stand there at a moment."""
        return {
            Shelf.UPCOMING: Q(status__in=LIVE, ends_at__gt=at),
            Shelf.DRAFTS: Q(status=Status.DRAFT),
            Shelf.PAST: Q(status__in=LIVE, ends_at__lte=at),
            Shelf.CANCELLED: Q(status=Status.CANCELLED),
        }[self]

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def order(self) -> str:
        return "-starts_at" if self in (Shelf.PAST, Shelf.CANCELLED) else "starts_at"


@dataclass(frozen=True)
class Step:
    """What to do next with an event."""

    label: str
    url: str


@dataclass(frozen=True)
class Row:
    """An event, fetched by `with_all`, in the organiser's list. `sold` leaves out what is still in baskets."""

    event: Event
    at: datetime
    editable: bool

    @property
    def sold(self) -> int:
        return self.event.inventory.claimed - self.event.inventory.held

    @property
    def taken(self) -> int:
        """What nobody else can have: booked, in baskets, or offered to the waitlist."""
        return self.event.inventory.claimed + self.event.inventory.offered

    @property
    def changeable(self) -> bool:
        """Whether it can still be edited."""
        return self.event.status != Status.CANCELLED and not self.event.is_over(self.at)

    @property
    def badge(self) -> tuple[str, str]:
        """Tone and word of its state."""
        return BADGES[availability_of(self.event, self.at).state]

    @property
    def next_step(self) -> Step | None:
        """The one thing worth doing next, for those who may."""
        event = self.event
        if not self.editable:
            return None
        if not self.changeable:
            return Step("Run it again", reverse("organise:event", args=[event.slug]))
        if event.status == Status.DRAFT:
            return Step("Finish and publish", reverse("organise:event", args=[event.slug]))
        if event.status == Status.POSTPONED:
            return Step("Set new dates", reverse("organise:edit", args=[event.slug]))
        if event.inventory.free <= 0:
            return Step("Add seats", reverse("organise:edit", args=[event.slug]))
        return None


def chosen_shelf(wanted: str, counts: dict[str, int]) -> Shelf:
    """The shelf asked for; else upcoming events, or drafts while there are no others."""
    if wanted in list(Shelf):
        return Shelf(wanted)
    return Shelf.UPCOMING if counts[Shelf.UPCOMING] or not counts[Shelf.DRAFTS] else Shelf.DRAFTS


def shelf_counts(events: EventQuerySet, at: datetime) -> dict[str, int]:
    """How many events stand on each shelf, in one statement."""
    return events.aggregate(**{shelf.value: Count("pk", filter=shelf.rule(at)) for shelf in Shelf})


def shelf_page(events: EventQuerySet, shelf: Shelf, number: str, user, at: datetime) -> Page:
    """A page of a shelf as rows: three statements, and one for the teams in which the person may edit."""
    found = events.filter(shelf.rule(at)).with_all().order_by(shelf.order, "pk")
    page = Paginator(found, PAGE_SIZE).get_page(number)
    staff = has_staff_powers(user)
    mine = None if staff else set(teams_where(user, Permission.EDIT_EVENTS).values_list("pk", flat=True))
    page.object_list = [Row(event, at, mine is None or event.organizer_id in mine) for event in page.object_list]
    return page


def types_with_sales(event: Event) -> QuerySet[TicketType]:
    """The event's ticket types, retired ones with sales too, each with `sold` and `held` seats."""
    sold = Sum("lines__quantity", filter=Q(lines__booking__status="confirmed"), default=0)
    held = Sum("lines__quantity", filter=Q(lines__booking__status="pending"), default=0)
    types = event.ticket_types.select_related("inventory", "event").annotate(sold=sold, held=held)
    return types.filter(Q(retired_at=None) | Q(sold__gt=0) | Q(held__gt=0)).order_by("position", "id")


def guests(event: Event) -> int:
    """How many people have booked."""
    return event.bookings.confirmed().values("customer").distinct().count()
