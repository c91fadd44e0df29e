"""What is true of a payment becomes true of its booking: the one way in which money counts.

Webhooks, return pages, sweeps and people all end here, in any order and any number of times.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from core import money
from outbox.operations import announce
from payments.facts import payment_failed, payment_odd, payment_received
from payments.models import Payment, Receipt, Refund
from payments.models.payment import LONGEST_NOTE
from payments.operations.books import held, lock, lock_payments, tell_customer
from payments.operations.ending import end
from payments.operations.refunding import give_back_surplus, kind_of_surplus, refund
from payments.operations.rescuing import begin_rescue
from payments.providers.protocol import Standing, Status


@transaction.atomic
def settle(*, payment_id: UUID, status: Status, now: datetime) -> Payment:
    """Write down what a provider says of a payment, and let follow what must."""
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    booking = lock(booking_id)
    payments = lock_payments(booking)
    payment = next(one for one in payments if one.pk == payment_id)
    _note_check(payment, now)
    if status.standing == Standing.PAID:
        _receive_all(payment, status, now)
    elif status.standing == Standing.ENDED and payment.is_under_way():
        end(payment, now, reason=status.reason)
        if status.reason:
            announce(payment_failed, payment_id=payment.pk)
    follow(booking, payments, now)
    return payment


@transaction.atomic
def book_in(
    *,
    payment_id: UUID,
    amount: int,
    reference: str,
    by: User | None,
    now: datetime,
    note: str = "",
    dated: date | None = None,
) -> Receipt | None:
    """Write down money that a person has seen coming in, in minor units of the payment's currency; a part of what was
    asked for, or more. `dated`: the day by the bank. None when that `reference` was booked in before."""
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(pk=payment_id)
    booking = lock(booking_id)
    payments = lock_payments(booking)
    payment = next(one for one in payments if one.pk == payment_id)
    receipt = _receive(payment, amount, payment.currency, reference, now, by=by, note=note, dated=dated)
    follow(booking, payments, now)
    return receipt


def follow(booking: Booking, payments: list[Payment], now: datetime) -> None:
    """What must be so, now that money has moved: a basket that is paid is a booking, money that came too late has a
    choice, and what is not owed goes back. The booking and all its payments are locked."""
    paid = held(booking, payments) >= booking.total > 0
    if booking.status == Booking.Status.PENDING and paid:
        bookings.confirm_paid(booking=booking, now=now)
    elif booking.status == Booking.Status.EXPIRED and paid:
        begin_rescue(booking, now)
    elif booking.status == Booking.Status.CONFIRMED and paid and booking.paid_by == Booking.PaidBy.DOOR:
        bookings.note_paid(booking=booking)
    for payment in payments:
        if payment.is_under_way() and booking.status != Booking.Status.PENDING:
            end(payment, now)
    give_back_surplus(booking, payments, kind_of_surplus(booking), now)


def _receive_all(payment: Payment, status: Status, now: datetime) -> None:
    """All at once, as cards do; what is not what was asked for goes back as a whole."""
    if status.amount <= 0:
        _find_odd(payment, "Said to be paid, without an amount.")
        return
    receipt = _receive(payment, status.amount, status.currency, status.reference, now)
    if receipt and (status.amount, status.currency) != (payment.amount, payment.currency):
        asked = f"{money.plain(payment.amount, payment.currency)} {payment.currency}"
        payment.currency, payment.status, payment.ended_at = status.currency, Payment.Status.FAILED, now
        payment.paid_at = payment.check_at = None
        payment.save(update_fields=["currency", "status", "ended_at", "paid_at", "check_at"])
        _find_odd(payment, f"Asked for {asked}, paid {money.plain(status.amount, status.currency)} {status.currency}.")
        refund(payment, payment.left, Refund.Kind.WRONG, now)


def _receive(
    payment: Payment,
    amount: int,
    currency: str,
    reference: str,
    now: datetime,
    *,
    by: User | None = None,
    note: str = "",
    dated: date | None = None,
) -> Receipt | None:
    """Write a receipt, once for each reference: whoever holds the payment's lock sees all that were written."""
    receipt, is_new = Receipt.objects.get_or_create(
        payment=payment,
        reference=reference,
        defaults={
            "amount": amount,
            "currency": currency,
            "at": now,
            "by": by,
            "note": note[:LONGEST_NOTE],
            "dated": dated,
        },
    )
    if not is_new:
        return None
    payment.received += amount
    if payment.received >= payment.amount:
        payment.status, payment.paid_at, payment.check_at = Payment.Status.PAID, now, None
    payment.save(update_fields=["received", "status", "paid_at", "check_at"])
    announce(payment_received, receipt_id=receipt.pk)
    tell_customer(payment.booking)
    return receipt


def _find_odd(payment: Payment, note: str) -> None:
    payment.note = note[:LONGEST_NOTE]
    payment.save(update_fields=["note"])
    announce(payment_odd, payment_id=payment.pk)


def _note_check(payment: Payment, now: datetime) -> None:
    payment.checked_at, payment.check_at = now, payment.next_check(now)
    payment.save(update_fields=["checked_at", "check_at"])
