"""What comes back when a booking is cancelled, by the rules it was made by (events.policy). Amounts are minor units."""

from datetime import datetime
from typing import TYPE_CHECKING

from bookings.models import Booking
from events.policy import Step, steps_of

if TYPE_CHECKING:
    from bookings.operations.orders import Order  # which needs what is below, by way of its package


def refund_steps_of(booking: "Booking | Order") -> list[Step]:
    """What would come back of a booking that is paid, or has to be paid first, and until when; nothing for others.
    Needs `event` fetched."""
    to_pay = booking.status == Booking.Status.PENDING and booking.event.must_be_paid_first(booking.total)
    if not to_pay and not is_paid(booking):
        return []
    steps = steps_of(booking.policy or booking.event.policy, booking.event.starts_at)
    return [step._replace(amount=share(given(booking), step.percent)) for step in steps]


def percent_now(booking: "Booking | Order", at: datetime) -> int:
    """How much of it comes back to a customer who cancels at that moment. Needs `event` fetched."""
    if not is_paid(booking):
        return 0
    steps = steps_of(booking.policy or booking.event.policy, booking.event.starts_at)
    return next((step.percent for step in steps if at < step.until), 0)


def refund_if_cancelled(booking: "Booking | Order", at: datetime) -> int:
    """What comes back to a customer who cancels all of it at that moment. Needs `event` fetched."""
    return share(given(booking), percent_now(booking, at))


def given(booking: "Booking | Order") -> int:
    """What its live seats were paid with, without what was given back by hand."""
    return max(booking.total + min(booking.adjustment, 0), 0)


def share(amount: int, percent: int) -> int:
    """So many percent of an amount, half a unit upwards."""
    return (amount * percent + 50) // 100


def is_paid(booking: "Booking | Order") -> bool:
    """Whether it was confirmed on money, so that there is something to come back."""
    return booking.status == Booking.Status.CONFIRMED and booking.paid_by == Booking.PaidBy.MONEY
