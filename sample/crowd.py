"""Who books what, and when: through the same operations as everyone, at moments that have passed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event, TicketType
from sample.journeys import Journey, Outcome
from sample.shapes import Admission, Listing

USUAL_PARTY = 6

Wish = tuple[datetime, TicketType, int]


def fill(event: Event, listing: Listing, crowd: Iterable[User], until: datetime) -> list[Booking]:
    """Book what the listing says is sold, up to a moment, in the order of time."""
    dice = Random(listing.slug)  # noqa: S311  repeatable, not secret
    admissions = {admission.name: admission for admission in listing.admissions}
    wishes = [
        wish
        for ticket_type in event.types_for_sale()
        if admissions[ticket_type.name].sold
        for wish in _wishes(event, ticket_type, admissions[ticket_type.name], until, dice)
    ]
    people = list(crowd)
    dice.shuffle(people)
    return [
        bookings.book(request=bookings.Request(event.pk, [(ticket_type.pk, quantity)]), customer_id=person.pk, now=at)
        for (at, ticket_type, quantity), person in zip(sorted(wishes, key=_moment), cycle(people), strict=False)
    ]


def travel(journey: Journey, event: Event, person: User, now: datetime) -> Booking:
    """Make one booking of somebody's own, and what became of it."""
    types = {ticket_type.name: ticket_type.pk for ticket_type in event.types_for_sale()}
    items = [(types[name], quantity) for name, quantity in journey.items.items()]
    request, at = bookings.Request(event.pk, items), now - timedelta(days=journey.days_ago)
    if journey.outcome == Outcome.BASKET:
        return bookings.hold(request=request, customer_id=person.pk, now=now)
    booking = bookings.book(request=request, customer_id=person.pk, now=at)
    if journey.outcome == Outcome.CANCELLED:
        booking = bookings.cancel(booking=booking, now=at + timedelta(days=1))
    return booking


def _wishes(
    event: Event, ticket_type: TicketType, admission: Admission, until: datetime, dice: Random
) -> Iterable[Wish]:
    """Parties of a usual size until all is sold, at any moment at which it was on sale."""
    opened = max(filter(None, (event.published_at, ticket_type.sales_start_at)))
    closed = min(filter(None, (until, event.starts_at, ticket_type.sales_end_at)))
    least = admission.least
    most = min(admission.most, event.max_per_person or admission.most, USUAL_PARTY * least)
    left = admission.sold
    while left:
        quantity = min(dice.randint(least, most), left)
        if left - quantity < least:  # what remained would be too small a booking
            quantity = left if left <= most else left - least
        left -= quantity
        yield opened + (closed - opened) * dice.random(), ticket_type, quantity


def _moment(wish: Wish) -> datetime:
    return wish[0]
