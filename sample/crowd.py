"""Who books what, and when: through the same operations as everyone, at moments that have passed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event, TicketType
from payments import operations as payments
from sample.journeys import Journey, Outcome
from sample.shapes import Admission, Listing

USUAL_PARTY = 6
BY_TRANSFER = 0.6  # of those who may
SLOWEST = timedelta(days=3)  # a transfer

Wish = tuple[datetime, TicketType, int]


def fill(event: Event, listing: Listing, crowd: Iterable[User], until: datetime, owner: User) -> list[Booking]:
    """Book what the listing says is sold, up to a moment, in the order of time. Where an event is paid by transfer,
    most do so, and `owner` books the money in."""
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
    booked, on_their_way = [], Transfers(owner)
    for (at, ticket_type, quantity), person in zip(sorted(wishes, key=_moment), cycle(people), strict=False):
        on_their_way.arrive(at)
        request, whose = bookings.Request(event.pk, [(ticket_type.pk, quantity)]), person.pk
        if "transfer" in listing.pays and at < until - SLOWEST and dice.random() < BY_TRANSFER:
            booking = bookings.hold(request=request, customer_id=whose, now=at)
            payments.start(booking=booking, method="transfer", now=at)
            on_their_way.expect(booking, at + SLOWEST * dice.uniform(0.2, 1))
        else:
            booking = _book(request, person, at)
        booked.append(booking)
    on_their_way.arrive(until)
    return booked


@dataclass
class Transfers:
    """Money on its way to a bank account that `owner` looks at."""

    owner: User
    expected: list[tuple[datetime, Booking]] = field(default_factory=list)

    def expect(self, booking: Booking, at: datetime) -> None:
        self.expected.append((at, booking))

    def arrive(self, until: datetime) -> None:
        """Book in what has arrived by then."""
        there = sorted((one for one in self.expected if one[0] <= until), key=_moment)
        self.expected = [one for one in self.expected if one[0] > until]
        for at, booking in there:
            payments.take_in(
                booking_id=booking.pk, amount=booking.total, reference=f"Statement {at:%d/%m}", by=self.owner, now=at
            )


def travel(journey: Journey, event: Event, person: User, now: datetime) -> Booking:
    """Make one booking of somebody's own, and what became of it."""
    types = {ticket_type.name: ticket_type.pk for ticket_type in event.types_for_sale()}
    items = [(types[name], quantity) for name, quantity in journey.items.items()]
    request, at = bookings.Request(event.pk, items), now - timedelta(days=journey.days_ago)
    if journey.outcome == Outcome.BASKET:
        return bookings.hold(request=request, customer_id=person.pk, now=now)
    booking = _book(request, person, at)
    if journey.outcome == Outcome.CANCELLED:
        booking = bookings.cancel(booking=booking, now=at + timedelta(days=1))
    return booking


def _book(request: bookings.Request, person: User, at: datetime) -> Booking:
    """For nothing, or to be paid at the door, also where there are other ways."""
    booking = bookings.book(request=request, customer_id=person.pk, now=at)
    if booking.status == Booking.Status.PENDING:
        payments.pay(booking=booking, method="door", now=at)
        booking.refresh_from_db()
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


def _moment(one: tuple[datetime, *tuple[Any, ...]]) -> datetime:
    return one[0]
