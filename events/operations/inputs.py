"""What an organiser says about an event, whichever door it came through, and whether it makes sense."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from uuid import UUID
from zoneinfo import available_timezones

from django.core.files.base import File

from core import money
from core.errors import Invalid
from core.text import ONE_LINE, is_one_line
from events.models import Category, Event, PaymentMethod, TicketType, Venue, WaitlistOrder
from events.models.event import at_the_door, full_refund

MAX_CAPACITY = 1_000_000
MAX_PRICE = Decimal(1_000_000)
MAX_TICKET_TYPES = 30
MAX_TAGS = 10
MAX_TAG_LENGTH = 40
MAX_PER_BOOKING = 1000
MAX_HOURS = 24 * 365
MAX_REFUND_STEPS = 4

OFFER_MINUTES = 10, 7 * 24 * 60  # the shortest and the longest time to answer an offer of seats

Errors = dict[str, list[str]]


@dataclass(frozen=True)
class VenueInput:
    """A place; coordinates are WGS 84 degrees and come together or not at all."""

    name: str
    city: str
    country: str
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True)
class TicketTypeInput:
    """A ticket type; `price` as the organiser asks it, in major units of the event's currency, with or without the
    tax as the team has it; `tax_rate` in per cent, None for the team's; `capacity` None when the house alone
    limits it, `id` None for a new one."""

    name: str
    id: UUID | None = None
    description: str = ""
    price: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    hidden: bool = False
    capacity: int | None = None
    sales_start_at: datetime | None = None
    sales_end_at: datetime | None = None
    min_per_booking: int = 1
    max_per_booking: int = 10


@dataclass(frozen=True)
class EventInput:
    """An event as its organiser wants it. `fee_fixed` is in major units on each paid ticket, `fee_percent` of its price
    with tax. `image`: a new file, None to keep what is there, False to remove it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str = "UTC"
    summary: str = ""
    description: str = ""
    category: str = Category.OTHER
    tags: list[str] = field(default_factory=list)
    venue: VenueInput | None = None
    online_url: str = ""
    capacity: int = 100
    currency: str = "EUR"
    max_per_person: int | None = None
    cancellation_hours: int = 24
    payment_methods: list[str] = field(default_factory=at_the_door)
    refund_steps: list[list[int]] = field(default_factory=full_refund)
    waitlist_order: str = WaitlistOrder.STRICT
    offer_minutes: int = 240
    fee_name: str = "booking fee"
    fee_fixed: Decimal = Decimal(0)
    fee_percent: Decimal = Decimal(0)
    ticket_types: list[TicketTypeInput] = field(default_factory=list)
    image: File | bool | None = None


def input_of(event: Event) -> EventInput:
    """An existing event as input, to change some of it with `dataclasses.replace`."""
    return EventInput(
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        summary=event.summary,
        description=event.description,
        category=event.category,
        tags=list(event.tags),
        venue=_venue_input(event.venue) if event.venue else None,
        online_url=event.online_url,
        capacity=event.inventory.capacity,
        currency=event.currency,
        max_per_person=event.max_per_person,
        cancellation_hours=event.cancellation_hours,
        payment_methods=list(event.payment_methods),
        refund_steps=[list(step) for step in event.refund_steps],
        waitlist_order=event.waitlist_order,
        offer_minutes=event.offer_minutes,
        fee_name=event.fee_name,
        fee_fixed=money.to_major(event.fee_fixed, event.currency),
        fee_percent=event.fee_percent,
        ticket_types=[_ticket_type_input(ticket_type) for ticket_type in event.types_for_sale()],
    )


def _venue_input(venue: Venue) -> VenueInput:
    return VenueInput(venue.name, venue.city, venue.country, venue.address, venue.latitude, venue.longitude)


def _ticket_type_input(ticket_type: TicketType) -> TicketTypeInput:
    return TicketTypeInput(
        id=ticket_type.pk,
        name=ticket_type.name,
        description=ticket_type.description,
        price=money.to_major(ticket_type.asked_price, ticket_type.event.currency),
        tax_rate=ticket_type.own_tax_rate,
        hidden=ticket_type.hidden,
        capacity=ticket_type.inventory.capacity if ticket_type.inventory else None,
        sales_start_at=ticket_type.sales_start_at,
        sales_end_at=ticket_type.sales_end_at,
        min_per_booking=ticket_type.min_per_booking,
        max_per_booking=ticket_type.max_per_booking,
    )


@cache
def zone_names() -> frozenset[str]:
    """All IANA zones; listing them means walking through hundreds of files."""
    return frozenset(available_timezones() - {"Factory", "localtime"})  # placeholders, not places


def check(data: EventInput) -> None:
    """Raise Invalid with every field that makes no sense, by the API's field names."""
    errors: Errors = {}
    _check_basics(data, errors)
    _check_fee(data, errors)
    _check_place(data, errors)
    _check_types(data, errors)
    if errors:
        raise Invalid(errors)


def _refuse(errors: Errors, name: str, wrong: bool, sentence: str) -> None:
    if wrong:
        errors.setdefault(name, []).append(sentence)


def _refuse_line(errors: Errors, name: str, text: str, if_empty: str) -> None:
    _refuse(errors, name, not is_one_line(text), ONE_LINE if text.strip() else if_empty)


def _check_basics(data: EventInput, errors: Errors) -> None:
    _refuse_line(errors, "title", data.title, "Give the event a title.")
    _refuse(errors, "category", data.category not in Category.values, f"One of {', '.join(Category.values)}.")
    _refuse(errors, "timezone", data.timezone not in zone_names(), "An IANA zone such as Europe/Lisbon.")
    _refuse(errors, "ends_at", data.ends_at <= data.starts_at, "The end comes after the start.")
    _refuse(errors, "capacity", not 1 <= data.capacity <= MAX_CAPACITY, f"From 1 to {MAX_CAPACITY}.")
    _refuse(errors, "currency", data.currency not in money.CURRENCIES, "An ISO 4217 code such as EUR.")
    limit = data.max_per_person
    _refuse(
        errors,
        "max_per_person",
        limit is not None and not 1 <= limit <= MAX_PER_BOOKING,
        f"From 1 to {MAX_PER_BOOKING}, or nothing.",
    )
    _refuse(
        errors, "cancellation_hours", not 0 <= data.cancellation_hours <= MAX_HOURS, f"From 0 to {MAX_HOURS} hours."
    )
    _check_waitlist(data, errors)
    _check_payment(data, errors)
    _refuse(errors, "tags", len(data.tags) > MAX_TAGS, f"At most {MAX_TAGS} tags.")
    _refuse(
        errors,
        "tags",
        any(not 0 < len(tag.strip()) <= MAX_TAG_LENGTH for tag in data.tags),
        f"A tag has 1 to {MAX_TAG_LENGTH} characters.",
    )
    _refuse(errors, "tags", not all(is_one_line(tag) for tag in data.tags if tag.strip()), ONE_LINE)


def _check_fee(data: EventInput, errors: Errors) -> None:
    _refuse_line(errors, "fee_name", data.fee_name, "Name the fee, such as “booking fee”.")
    check_amount(data.fee_fixed, data.currency, "fee_fixed", errors)
    check_percent(data.fee_percent, "fee_percent", errors)


def check_amount(amount: Decimal, currency: str, name: str, errors: Errors) -> None:
    """An amount of money in major units: neither negative, nor too large, nor finer than its currency."""
    _refuse(errors, name, not 0 <= amount <= MAX_PRICE, f"From 0 to {MAX_PRICE}.")
    if currency in money.CURRENCIES and 0 <= amount <= MAX_PRICE:
        try:
            money.to_minor(amount, currency)
        except ValueError as error:
            _refuse(errors, name, True, str(error))


def check_percent(percent: Decimal, name: str, errors: Errors) -> None:
    """A rate in per cent."""
    fine = 0 <= percent <= 100 and percent == round(percent, 3)
    _refuse(errors, name, not fine, "From 0 to 100 per cent, with at most 3 decimals.")


def _check_waitlist(data: EventInput, errors: Errors) -> None:
    orders = WaitlistOrder.values
    least, most = OFFER_MINUTES
    _refuse(errors, "waitlist_order", data.waitlist_order not in orders, f"One of {', '.join(orders)}.")
    _refuse(errors, "offer_minutes", not least <= data.offer_minutes <= most, f"From {least} to {most} minutes.")


def _check_payment(data: EventInput, errors: Errors) -> None:
    ways = PaymentMethod.values
    known = set(data.payment_methods) <= set(ways)
    distinct = len(set(data.payment_methods)) == len(data.payment_methods)
    good = known and distinct and bool(data.payment_methods)
    _refuse(errors, "payment_methods", not good, f"One or more of {', '.join(ways)}, each once.")
    sentence = (
        f"At most {MAX_REFUND_STEPS} pairs of hours before the start (0 to {MAX_HOURS}) and percent (1 to 100), from "
        "the earliest deadline and the largest percentage to the latest and smallest."
    )
    _refuse(errors, "refund_steps", not _are_steps(data.refund_steps), sentence)


def _are_steps(steps: list[list[int]]) -> bool:
    if len(steps) > MAX_REFUND_STEPS or not all(len(step) == 2 for step in steps):
        return False
    in_range = all(0 <= hours <= MAX_HOURS and 1 <= percent <= 100 for hours, percent in steps)
    falling = all(a[0] > b[0] and a[1] > b[1] for a, b in pairwise(steps))
    return in_range and falling


def _check_place(data: EventInput, errors: Errors) -> None:
    venue = data.venue
    _refuse(errors, "venue", bool(venue and data.online_url), "Either a venue or an online link, not both.")
    if venue is None:
        return
    _refuse_line(errors, "venue.name", venue.name, "Name the venue.")
    _refuse_line(errors, "venue.city", venue.city, "Name the city.")
    _refuse(errors, "venue.address", bool(venue.address.strip()) and not is_one_line(venue.address), ONE_LINE)
    _refuse(
        errors,
        "venue.country",
        len(venue.country) != 2 or not venue.country.isascii() or not venue.country.isalpha(),
        "A two-letter country code such as PT.",
    )
    _refuse(
        errors,
        "venue.latitude",
        (venue.latitude is None) != (venue.longitude is None),
        "Latitude and longitude come together.",
    )
    _refuse(errors, "venue.latitude", not -90 <= (venue.latitude or 0) <= 90, "From -90 to 90.")
    _refuse(errors, "venue.longitude", not -180 <= (venue.longitude or 0) <= 180, "From -180 to 180.")


def _check_types(data: EventInput, errors: Errors) -> None:
    _refuse(
        errors,
        "ticket_types",
        len(data.ticket_types) > MAX_TICKET_TYPES,
        f"At most {MAX_TICKET_TYPES} ticket types.",
    )
    names = [ticket_type.name.strip().casefold() for ticket_type in data.ticket_types]
    _refuse(errors, "ticket_types", len(set(names)) != len(names), "Each ticket type has a name of its own.")
    for index, ticket_type in enumerate(data.ticket_types):
        _check_type(ticket_type, data.currency, f"ticket_types.{index}", errors)


def _check_type(data: TicketTypeInput, currency: str, at: str, errors: Errors) -> None:
    _refuse_line(errors, f"{at}.name", data.name, "Name the ticket type.")
    check_amount(data.price, currency, f"{at}.price", errors)
    if data.tax_rate is not None:
        check_percent(data.tax_rate, f"{at}.tax_rate", errors)
    _refuse(
        errors,
        f"{at}.capacity",
        data.capacity is not None and not 1 <= data.capacity <= MAX_CAPACITY,
        f"From 1 to {MAX_CAPACITY}, or nothing.",
    )
    least, most = data.min_per_booking, data.max_per_booking
    _refuse(
        errors,
        f"{at}.max_per_booking",
        not 1 <= least <= most <= MAX_PER_BOOKING,
        f"The smallest booking is at least 1, the largest at most {MAX_PER_BOOKING} and not below the smallest.",
    )
    start, end = data.sales_start_at, data.sales_end_at
    _refuse(errors, f"{at}.sales_end_at", bool(start and end and end <= start), "Sales end after they start.")
