"""Ask providers what is true of a booking's payments, when somebody looks at it."""

from datetime import datetime, timedelta

from bookings.models import Booking
from payments import operations
from payments.models import Payment

AT_MOST_EVERY = timedelta(seconds=3)  # pages ask us again and again


def ask_again(booking: Booking, now: datetime, *, at_once: bool) -> list[Payment]:
    """The booking's payments, the oldest first, as their providers say they are; the booking follows. A provider that
    is away changes nothing. `at_once`: even if it was asked a moment ago, since somebody has just come back from it."""
    payments = _payments(booking)
    if not any(_is_stale(payment, now, at_once) for payment in payments):
        return payments
    operations.check_all(booking=booking, now=now)
    booking.refresh_from_db(fields=["status", "ended_at", "hold_expires_at", "paid_by", "confirmed_at"])
    return _payments(booking)


def _is_stale(payment: Payment, now: datetime, at_once: bool) -> bool:
    if not payment.is_under_way() or not payment.url:  # nobody to ask, or nobody has been sent there yet
        return False
    return at_once or payment.checked_at is None or now - payment.checked_at >= AT_MOST_EVERY


def _payments(booking: Booking) -> list[Payment]:
    if not booking.total:
        return []
    return list(Payment.objects.filter(booking=booking).select_related("account").order_by("id"))
