"""Give tickets away: to several guests at once, or to none of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from accounts.models import User, What
from accounts.operations import trail
from accounts.operations.guests import account_for
from accounts.permissions import Permission, require
from bookings import operations as bookings
from bookings.errors import SoldOut
from bookings.models import Booking
from bookings.operations import ForGuest
from core.errors import Invalid
from events.models import Event

MOST_GUESTS = 100


class Invited(NamedTuple):
    """Somebody who is given tickets, and the address that they are sent to."""

    name: str
    email: str


@transaction.atomic
def give_away(
    *,
    event: Event,
    guests: Sequence[Invited],
    ticket_type: UUID,
    quantity: int,
    reason: str,
    by: User,
    now: datetime,
) -> list[Booking]:
    """Book `quantity` tickets for each of them, free of charge, and have them sent. Nobody gets any if there are not
    enough for all.

    Raises NotAllowed, Invalid, or as bookings.operations.give_away.
    """
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    _check(guests)
    # In the order of their addresses: two who invite the same people never wait for each other in a circle.
    wanted = [(_account(event, one), one) for one in sorted(guests, key=lambda one: one.email.lower())]
    booked: list[Booking] = []
    for some in _rounds(wanted):
        to = [
            ForGuest(bookings.Request(event.pk, [(ticket_type, quantity)], name=one.name, email=one.email), customer.pk)
            for customer, one in some
        ]
        try:
            booked += bookings.give_away(to=to, by=by, now=now, reason=reason)
        except SoldOut as no:
            count = len(guests) * quantity
            needed = "1 ticket is" if count == 1 else f"{count:,} tickets are"
            raise SoldOut(f"{needed} needed, and there are not that many free.", **no.extra) from no
    by_address = {one.email.lower(): customer for customer, one in wanted}
    for booking in booked:
        _record(event, booking, by_address[booking.email.lower()], reason, by, now)
    return booked


def _check(guests: Sequence[Invited]) -> None:
    if not guests:
        raise Invalid({"guests": ["Name at least one guest."]})
    if len(guests) > MOST_GUESTS:
        raise Invalid({"guests": [f"At most {MOST_GUESTS} guests at once, not {len(guests)}."]})
    addresses = [one.email.lower() for one in guests]
    if len(set(addresses)) < len(addresses):
        raise Invalid({"guests": ["Name each address once."]})


def _account(event: Event, one: Invited) -> User:
    return account_for(team=event.organizer, email=one.email, name=one.name)


def _rounds(wanted: Sequence[tuple[User, Invited]]) -> list[list[tuple[User, Invited]]]:
    """In each, every account once, as what is decided together needs it."""
    rounds: list[dict[UUID, tuple[User, Invited]]] = []
    for customer, one in wanted:
        fitting = next((some for some in rounds if customer.pk not in some), None)
        if fitting is None:
            rounds.append(fitting := {})
        fitting[customer.pk] = (customer, one)
    return [list(some.values()) for some in rounds]


def _record(event: Event, booking: Booking, customer: User, reason: str, by: User, now: datetime) -> None:
    trail.record(
        team_id=event.organizer_id,
        event_id=event.pk,
        by=by,
        what=What.GUEST_INVITED,
        subject=booking,
        label=f"{booking.reference}, {booking.name}",
        person=customer,
        new={"Tickets": booking.quantity, "Why": reason},
        now=now,
    )
