"""What a worker does when an app below has announced something."""

from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed, address_confirmed
from bookings import operations
from bookings.errors import AlreadyBooked
from bookings.facts import more_to_cancel
from bookings.models import Booking
from core.facts import on
from events.facts import event_cancelled
from outbox.operations import announce
from waitlist.operations import before_joining


@on(event_cancelled)
@on(more_to_cancel)
def cancel_its_bookings(*, event_id: str) -> None:
    """Some at a time: a full stadium in one transaction would outlast the lease."""
    if operations.cancel_some(event_id=UUID(event_id), now=timezone.now()):
        announce(more_to_cancel, event_id=event_id)


@before_joining
def refuse_who_has_seats(event_id: UUID, customer_id: UUID) -> None:
    theirs = Booking.objects.filter(event=event_id, customer=customer_id)
    if has := theirs.confirmed().first() or theirs.held(timezone.now()).first():
        where = "are booked" if has.status == Booking.Status.CONFIRMED else "are in your basket"
        raise AlreadyBooked(f"{has.quantity} seats {where} for you already.", booking=str(has.pk))


@on(account_closed)
def forget_customer(*, user_id: str, **_: str) -> None:
    operations.forget_customer(customer_id=UUID(user_id), now=timezone.now())


@on(address_confirmed)
def hand_over_what_is_theirs(*, user_id: str) -> None:
    operations.hand_over(user_id=user_id)
