"""Money that comes when the seats are gone."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bookings.models import Booking
from outbox.operations import announce
from payments.errors import NoChoice
from payments.facts import payment_came_late, rescue_ended
from payments.models import Refund, Rescue
from payments.operations.books import lock, lock_payments, tell_customer
from payments.operations.refunding import give_back_surplus

TIME_TO_CHOOSE = timedelta(days=2)


def begin_rescue(booking: Booking, now: datetime) -> None:
    """Let the customer choose. Only once for each booking: money that
    comes after that choice goes back. The booking is locked."""
    if Rescue.objects.filter(booking=booking).exists():
        return
    decide_by = min(now + TIME_TO_CHOOSE, booking.event.starts_at)
    if decide_by > now and booking.event.is_selling():
        rescue = Rescue.objects.create(booking=booking, asked_at=now, decide_by=decide_by)
        announce(payment_came_late, rescue_id=rescue.pk)
        tell_customer(booking)


@transaction.atomic
def take_money_back(*, booking_id: UUID, now: datetime) -> Rescue:
    """The customer rather has the money, or nothing came free in time. Raises NoChoice."""
    booking = lock(booking_id)
    rescue = _open(booking)
    _end(rescue, Rescue.Status.REFUNDED, now)
    give_back_surplus(booking, lock_payments(booking), Refund.Kind.LATE, now)
    return rescue


@transaction.atomic
def seats_found(*, booking_id: UUID, now: datetime) -> None:
    """The line has given the booking its seats."""
    rescue = Rescue.objects.open().select_for_update().filter(booking=booking_id).first()
    if rescue:
        _end(rescue, Rescue.Status.BOOKED, now)


def _open(booking: Booking) -> Rescue:
    rescue = Rescue.objects.open().select_for_update().filter(booking=booking).first()
    if rescue is None:
        raise NoChoice("This has been settled: there is nothing to choose any more.")
    return rescue


def _end(rescue: Rescue, status: Rescue.Status, now: datetime) -> None:
    rescue.status, rescue.ended_at = status, now
    rescue.save(update_fields=["status", "ended_at"])
    announce(rescue_ended, rescue_id=rescue.pk)
