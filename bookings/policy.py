"""What comes back when a booking is cancelled, by the rules it was made by.

A policy is `{"cancel_hours": 24, "refund": [[168, 100], [24, 50]]}`: cancelling is possible until 24 hours before the
start; until 168 hours before it everything comes back, until 24 hours before it half. The start is the one that the
event has now. Amounts are minor units.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bookings.models import Booking


class Step(NamedTuple):
    """So many percent come back until (not at) a moment; `amount` is what that is of one booking."""

    until: datetime
    percent: int
    amount: int = 0


def steps_of(policy: dict[str, Any], starts_at: datetime) -> list[Step]:
    """A policy's steps for an event that starts then, the earliest first; after the last one nothing comes back. None
    ends after cancelling does."""
    last = starts_at - timedelta(hours=policy["cancel_hours"])
    return list(_distinct(policy["refund"], starts_at, last))


def refund_steps_of(booking: Booking) -> list[Step]:
    """What would come back of a booking, and until when; nothing for one that is not paid. Needs `event` fetched."""
    if not is_paid(booking):
        return []
    steps = steps_of(booking.policy or booking.event.policy, booking.event.starts_at)
    return [step._replace(amount=share(given(booking), step.percent)) for step in steps]


def percent_now(booking: Booking, at: datetime) -> int:
    """How much of it comes back to a customer who cancels at that moment. Needs `event` fetched."""
    if not is_paid(booking):
        return 0
    steps = steps_of(booking.policy or booking.event.policy, booking.event.starts_at)
    return next((step.percent for step in steps if at < step.until), 0)


def refund_if_cancelled(booking: Booking, at: datetime) -> int:
    """What comes back to a customer who cancels all of it at that moment. Needs `event` fetched."""
    return share(given(booking), percent_now(booking, at))


def given(booking: Booking) -> int:
    """What its live seats were paid with, without what was given back by hand."""
    return max(booking.total + min(booking.adjustment, 0), 0)


def share(amount: int, percent: int) -> int:
    """So many percent of an amount, half a unit upwards."""
    return (amount * percent + 50) // 100


def is_paid(booking: Booking) -> bool:
    """Whether it was confirmed on money, so that there is something to come back."""
    return booking.status == Booking.Status.CONFIRMED and booking.paid_by == Booking.PaidBy.MONEY


def _distinct(refund: list[list[int]], starts_at: datetime, last: datetime) -> Iterator[Step]:
    for hours, percent in refund:
        until = starts_at - timedelta(hours=hours)
        yield Step(min(until, last), percent)
        if until >= last:
            return
