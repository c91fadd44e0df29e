"""Money that comes when the seats are gone: seats again if there are any, else a choice."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Booking
from core.errors import DomainError
from outbox.operations import announce
from payments.errors import NoChoice
from payments.facts import payment_came_late, rescue_ended
from payments.models import Refund, Rescue
from payments.operations.books import lock, lock_payments, tell_customer
from payments.operations.refunding import give_back_surplus
from waitlist.models import Entry

TIME_TO_CHOOSE = timedelta(days=2)


def begin_rescue(booking: Booking, now: datetime) -> None:
    """Take the same seats again, if anyone could; else let the customer choose. Only once for each booking: money that
    comes after that choice goes back. The booking is locked."""
    if Rescue.objects.filter(booking=booking).exists():
        return
    if bookings.reclaim(booking=booking, now=now):
        booking.refresh_from_db(fields=["status", "paid_by", "confirmed_at", "ended_at"])
        return
    decide_by = min(now + TIME_TO_CHOOSE, booking.event.starts_at)
    if decide_by > now and booking.event.status in (booking.event.Status.PUBLISHED, booking.event.Status.POSTPONED):
        rescue = Rescue.objects.create(booking=booking, asked_at=now, decide_by=decide_by)
        announce(payment_came_late, rescue_id=rescue.pk)
        tell_customer(booking)


@transaction.atomic
def wait_in_line(*, booking: Booking, now: datetime) -> Rescue:
    """The customer rather waits for seats, before everybody else. Chosen twice, it is chosen once.

    Raises NoChoice, or as bookings.operations.wait_first: then there is nothing to wait for, and the choice stays.
    """
    booking = lock(booking.pk)
    rescue = _open(booking)
    if rescue.status == Rescue.Status.ASKED:
        bookings.wait_first(booking=booking, now=now)
        rescue.status, rescue.decide_by = Rescue.Status.LINE, booking.event.starts_at
        rescue.save(update_fields=["status", "decide_by"])
        tell_customer(booking)
    return rescue


@transaction.atomic
def take_money_back(*, booking_id: UUID, now: datetime) -> Rescue:
    """The customer rather has the money, or nothing came free in time. Raises NoChoice."""
    booking = lock(booking_id)
    rescue = _open(booking)
    if not bookings.give_up_first(booking=booking, now=now):
        _end(rescue, Rescue.Status.BOOKED, now)
        return rescue
    _end(rescue, Rescue.Status.REFUNDED, now)
    give_back_surplus(booking, lock_payments(booking), Refund.Kind.LATE, now)
    tell_customer(booking)
    return rescue


@transaction.atomic
def take_seats(*, entry: Entry, now: datetime) -> None:
    """Seats are reserved for somebody who has paid: they are booked at once. Where that is not possible any more, the
    money goes back."""
    if entry.for_booking is None:
        return
    booking = lock(entry.for_booking)
    rescue = Rescue.objects.open().select_for_update().filter(booking=booking).first()
    if rescue is None:
        return
    try:
        with transaction.atomic():
            bookings.revive(entry=entry, now=now)
    except DomainError:
        take_money_back(booking_id=booking.pk, now=now)
    else:
        _end(rescue, Rescue.Status.BOOKED, now)


def give_back_if_open(*, booking_id: UUID, now: datetime) -> None:
    """Nothing can come of waiting any more."""
    if Rescue.objects.open().filter(booking=booking_id).exists():
        try:
            take_money_back(booking_id=booking_id, now=now)
        except NoChoice:
            return  # settled this very moment


def _open(booking: Booking) -> Rescue:
    rescue = Rescue.objects.open().select_for_update().filter(booking=booking).first()
    if rescue is None:
        raise NoChoice("This has been settled: there is nothing to choose any more.")
    return rescue


def _end(rescue: Rescue, status: Rescue.Status, now: datetime) -> None:
    rescue.status, rescue.ended_at = status, now
    rescue.save(update_fields=["status", "ended_at"])
    announce(rescue_ended, rescue_id=rescue.pk)
