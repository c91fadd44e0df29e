"""Sell at the box office: a booking on behalf of somebody who stands there, or who has called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from accounts.models import User, What
from accounts.operations import trail
from accounts.operations.guests import account_for
from accounts.permissions import Permission, require
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event
from payments import operations as payments


class Paid(models.TextChoices):
    """How the guest pays."""

    CASH = "cash", "Cash, now"
    CARD = "card", "Card, now"
    LATER = "later", "Later, at the door"


@dataclass(frozen=True)
class Sale:
    """What is sold to whom. `email` may be empty; `key` makes the same form, sent twice, one sale."""

    items: Sequence[tuple[UUID, int]]
    name: str
    email: str = ""
    code: str = ""
    paid: str = Paid.LATER
    note: str = ""
    key: str = ""

    def request(self, event: Event) -> bookings.Request:
        return bookings.Request(event.pk, self.items, name=self.name, email=self.email, code=self.code)


def quote(*, event: Event, sale: Sale, now: datetime) -> int:
    """What it would cost, in minor units; nothing is sold. Raises as `sell`, but for seats."""
    return bookings.office_price(request=sale.request(event), now=now)


@transaction.atomic
def sell(*, event: Event, sale: Sale, by: User, now: datetime) -> Booking:
    """Book for a guest, and book the money in if they have paid; their tickets go to their address, if they gave one.

    Raises NotAllowed, or as bookings.operations.sell, having changed nothing.
    """
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    customer = account_for(team=event.organizer, email=sale.email, name=sale.name)
    to = bookings.ForGuest(sale.request(event), customer.pk)
    booking = bookings.sell(to=to, by=by, now=now, key=sale.key or None, note=sale.note)
    if booking.created_at != now:
        return booking  # the same form, sent before
    if booking.total and sale.paid != Paid.LATER:
        how = f"Box office, {sale.paid}"
        payments.take_in(booking_id=booking.pk, amount=booking.total, reference=how, by=by, now=now, note=sale.note)
        booking.refresh_from_db(fields=["paid_by"])
    trail.record(
        team_id=event.organizer_id,
        event_id=event.pk,
        by=by,
        what=What.GUEST_BOOKED,
        subject=booking,
        label=f"{booking.reference}, {sale.name}",
        person=customer,
        new={"Tickets": booking.quantity, "Total": booking.total_label, "Paid": _how(booking, sale)},
        now=now,
    )
    return booking


def _how(booking: Booking, sale: Sale) -> str:
    return Paid(sale.paid).label if booking.total else "Nothing to pay"
