"""What people may ask of the list of events, and the WHERE that answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, When

from events.models import Event, TicketType
from events.models.event import FOR_SEARCH_ALONE
from events.search.distance import Point, close_to
from events.search.orderings import arrange
from events.search.words import find

LISTED = (Event.Status.PUBLISHED, Event.Status.POSTPONED)
DEFAULT_WITHIN = 50.0
MAX_WITHIN = 1000.0


@dataclass(frozen=True)
class Filters:
    """What somebody looks for. Whatever is left out does not narrow the list.

    `categories`: any of them. `tags`: all of them. `city`: how its name begins, whatever the accents.
    `near`: latitude and longitude in degrees; with it `within`, in km. `starts_after`, `starts_before`:
    the start lies in this half-open range. `price_min`, `price_max`: in major units of each event's own
    currency; an event fits when its range of prices touches this one. `free`: has tickets for nothing.
    `available`: tickets can be booked right now. `online`: True for online events, False for those at a
    venue. `statuses`: what discovery lists; ask for more to get more. `past`: also what is over.
    `ordering`: one of ORDERINGS; empty for the best fit first, else the nearest, else the soonest.
    """

    search: str = ""
    categories: Sequence[str] = ()
    tags: Sequence[str] = ()
    city: str = ""
    near: Point | None = None
    within: float = DEFAULT_WITHIN
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    free: bool = False
    available: bool = False
    online: bool | None = None
    organizer: UUID | None = None
    statuses: Sequence[str] = LISTED
    past: bool = False
    ordering: str = ""


def search_events(queryset: QuerySet[Event], filters: Filters, *, now: datetime) -> QuerySet[Event]:
    """The events that fit, in a total order that `page_of` can cut into pages.

    Raises Invalid, naming `ordering`, when there is no such order, or nothing to order by it.
    """
    found = queryset.filter(status__in=filters.statuses).defer(*FOR_SEARCH_ALONE)
    if not filters.past:
        found = found.filter(ends_at__gt=now)
    for condition in (_what(filters), _when(filters), _price(filters)):
        found = found.filter(condition)
    if filters.city:
        found = _in_city(found, filters.city)
    if filters.near:
        found = close_to(found, filters.near, filters.within)
    if filters.available:
        found = _with_seats(found, now)
    if filters.search:
        found = find(found, filters.search)
    return arrange(found, filters.ordering, searching=bool(filters.search), near=bool(filters.near))


def _what(filters: Filters) -> Q:
    condition = Q()
    if filters.categories:
        condition &= Q(category__in=filters.categories)
    if filters.tags:
        condition &= Q(tags__contains=[tag.strip().lower() for tag in filters.tags])
    if filters.online is not None:
        condition &= Q(venue=None) if filters.online else Q(venue__isnull=False)
    if filters.organizer:
        condition &= Q(organizer=filters.organizer)
    return condition


def _when(filters: Filters) -> Q:
    condition = Q()
    if filters.starts_after:
        condition &= Q(starts_at__gte=filters.starts_after)
    if filters.starts_before:
        condition &= Q(starts_at__lt=filters.starts_before)
    return condition


def _price(filters: Filters) -> Q:
    condition = Q()
    if filters.price_min is not None:
        condition &= Q(highest_price__gte=filters.price_min)
    if filters.price_max is not None:
        condition &= Q(lowest_price__lte=filters.price_max)
    if filters.free:
        condition &= Q(lowest_price=0)
    return condition


def _in_city(queryset: QuerySet[Event], city: str) -> QuerySet[Event]:
    begins = Func(
        Func(F("venue__city"), function="evently_fold"),
        Func(Value(city.strip(), TextField()), function="evently_fold"),
        function="starts_with",
        output_field=BooleanField(),
    )
    return queryset.filter(begins)


def _with_seats(queryset: QuerySet[Event], now: datetime) -> QuerySet[Event]:
    """What `availability_of` calls bookable, said in SQL."""
    # Of the event's house in one query, of the ticket type's own limit in the other.
    free = Case(
        When(inventory__waiting=0, then=F("inventory__capacity") - F("inventory__claimed") - F("inventory__offered")),
        default=Value(0),
    )
    bookable = TicketType.objects.filter(
        Q(sales_start_at=None) | Q(sales_start_at__lte=now),
        Q(sales_end_at=None) | Q(sales_end_at__gt=now),
        Q(inventory=None) | Q(min_per_booking__lte=free),
        event=OuterRef("pk"),
        retired_at=None,
        hidden=False,
        min_per_booking__lte=OuterRef("house_free"),
    )
    on_sale = queryset.filter(status=Event.Status.PUBLISHED, ends_at__gt=now)
    return on_sale.alias(house_free=free).filter(Exists(bookable))
