"""What a booking owes, and what it holds: the sums that decide where money goes.

Whoever asks has locked the booking first, then its payments by ascending id; inventories come after both.
"""

from uuid import UUID

from bookings.models import Booking
from core.live import marks as live
from payments.models import Payment, Rescue


def lock(booking_id: UUID) -> Booking:
    """A booking, locked, with its event and customer."""
    locked = Booking.objects.select_for_update(of=("self",)).select_related("event__organizer", "customer")
    return locked.get(pk=booking_id)


def lock_payments(booking: Booking) -> list[Payment]:
    """All payments of a locked booking, locked, the oldest first."""
    payments = list(Payment.objects.select_for_update(of=("self",)).filter(booking=booking).order_by("id"))
    for payment in payments:
        payment.booking = booking
    return payments


def tell_customer(booking: Booking) -> None:
    """Their open pages show what has changed. Said only when something has: some of these pages ask the provider."""
    live.tell(booking.customer_id, "booking", booking.pk)


def held(booking: Booking, payments: list[Payment]) -> int:
    """Money of the booking that came in and has not gone back, in minor units of its currency."""
    return sum(payment.left for payment in payments if payment.currency == booking.currency)


def owed(booking: Booking) -> int:
    """What the booking may keep: its price while it has its seats or waits for some, and what was agreed beyond it.
    Everything else goes back."""
    if booking.status == Booking.Status.CONFIRMED:
        return booking.total + booking.adjustment
    if booking.status == Booking.Status.PENDING or Rescue.objects.open().filter(booking=booking).exists():
        return booking.total
    return booking.adjustment
