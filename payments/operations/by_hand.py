"""What people of a team do with money: book it in, give it back, and see to it that it arrives.

Each of these says who did it and why: on the receipt or the refund itself, else as a MoneyAct.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from core import money
from core.errors import Invalid
from events.models import PaymentMethod
from outbox.operations import announce
from payments import providers
from payments.errors import BookedInBefore, NotDueByHand, NothingToPay, NotRefundable, TooMuchBack
from payments.facts import refund_done, refund_to_send
from payments.models import MoneyAct, Payment, Receipt, Refund, Rescue
from payments.models.payment import LONGEST_NOTE
from payments.operations.books import held, lock, lock_payments, owed, tell_customer
from payments.operations.ending import end
from payments.operations.refunding import give_back_surplus, spread
from payments.operations.rescuing import take_money_back
from payments.operations.settling import book_in

MOST = 10**13  # minor units: far beyond any ticket, far below what the columns hold
Kind = MoneyAct.Kind


@transaction.atomic
def take_in(
    *,
    booking_id: UUID,
    amount: int,
    reference: str,
    by: User,
    now: datetime,
    note: str = "",
    dated: date | None = None,
) -> Receipt:
    """Book money in that a person has seen, at the bank or at the door, in minor units of the booking's currency.

    It may be a part of what is missing, or more: what is not owed goes back. Raises Invalid, BookedInBefore for a
    reference that this booking's money had before, or NothingToPay where nothing is paid by hand.
    """
    if not 0 < amount <= MOST:
        raise Invalid({"amount": ["An amount above nothing."]})
    booking = lock(booking_id)
    payments = lock_payments(booking)
    before = Receipt.objects.filter(payment__booking=booking, reference=reference).first()
    if before:
        raise BookedInBefore(f"{before.amount_label} under “{reference}” was booked in before: nothing was changed.")
    payment = payment_by_hand(payments) or _begin_at_the_door(booking, payments, now)
    book_in(payment_id=payment.pk, amount=amount, reference=reference, by=by, now=now, note=note, dated=dated)
    return Receipt.objects.get(payment=payment, reference=reference)


def payment_by_hand(payments: Sequence[Payment]) -> Payment | None:
    """The payment that money which people move belongs to: the one under way, else the last, be it over."""
    by_hand = [payment for payment in payments if providers.of(payment).by_hand]
    return next((payment for payment in by_hand if payment.is_under_way()), by_hand[-1] if by_hand else None)


@transaction.atomic
def refund_by_hand(*, booking_id: UUID, amount: int, reason: str, by: User, now: datetime) -> list[Refund]:
    """Give a part of what was paid back, or all of it, while the booking stays as it is; in minor units.

    What is not owed anyway goes back first. Raises Invalid, TooMuchBack, or NotRefundable while it is not settled
    whether there will be a booking.
    """
    if amount <= 0:
        raise Invalid({"amount": ["An amount above nothing."]})
    booking = lock(booking_id)
    payments = lock_payments(booking)
    if booking.status == Booking.Status.PENDING or Rescue.objects.open().filter(booking=booking).exists():
        raise NotRefundable("This waits to become a booking: while it does, its money can't be given back in parts.")
    give_back_surplus(booking, payments, Refund.Kind.SURPLUS, now)
    left = held(booking, payments)
    if amount > left:
        raise TooMuchBack(
            f"{money.words(left, booking.currency) if left else 'Nothing'} of what was paid is left to give back.",
            available=money.plain(left, booking.currency),
        )
    booking.adjustment -= amount
    booking.save(update_fields=["adjustment"])
    return spread(payments, booking.currency, amount, Refund.Kind.HAND, now, reason=reason, by=by)


@transaction.atomic
def cancel_tickets(
    *,
    booking_id: UUID,
    numbers: Mapping[int, Sequence[int]],
    reason: str,
    by: User,
    now: datetime,
    expected_refund: int | None = None,
) -> list[Refund]:
    """Cancel some tickets of a booking, or all, and give back what was paid for them. `numbers`: the tickets' numbers
    by the id of their line. Raises as bookings.operations.cancel_seats."""
    booking = lock(booking_id)
    payments = lock_payments(booking)
    booking = bookings.cancel_seats(
        booking=booking, numbers=numbers, now=now, even_late=True, expected_refund=expected_refund
    )
    _write(Kind.TICKETS, by, now, reason, booking_id=booking.pk)
    surplus = held(booking, payments) - owed(booking)
    whole = booking.status == Booking.Status.CANCELLED
    kind = Refund.Kind.CANCELLED if whole else Refund.Kind.PART
    return spread(payments, booking.currency, surplus, kind, now, reason=reason, by=by)


@transaction.atomic
def give_late_money_back(*, booking_id: UUID, reason: str, by: User, now: datetime) -> None:
    """Choose for a guest whose money came too late. Raises NoChoice."""
    take_money_back(booking_id=booking_id, now=now)
    _write(Kind.GAVE_BACK, by, now, reason, booking_id=booking_id)


@transaction.atomic
def mark_paid_back(*, refund_id: UUID, note: str, by: User, now: datetime) -> Refund:
    """Somebody has moved the money. For refunds of money that people move, and those that a provider could not do.
    Raises NotDueByHand."""
    refund = _locked(refund_id)
    if not is_due_by_hand(refund):
        raise NotDueByHand(f"This refund is {refund.get_status_display().lower()}: nothing is left to be done by hand.")
    refund.status, refund.done_at, refund.by_hand, refund.check_at = Refund.Status.DONE, now, True, None
    refund.save(update_fields=["status", "done_at", "by_hand", "check_at"])
    _write(Kind.PAID_BACK, by, now, note, booking_id=refund.payment.booking_id, refund=refund)
    announce(refund_done, refund_id=refund.pk)
    tell_customer(refund.payment.booking)
    return refund


@transaction.atomic
def send_anew(*, refund_id: UUID, by: User, now: datetime, note: str = "") -> Refund:
    """Have the provider try once more what failed: a new attempt, which it tells from the one before. Raises
    NotDueByHand."""
    refund = _locked(refund_id)
    if not may_be_sent_anew(refund):
        raise NotDueByHand(f"This refund is {refund.get_status_display().lower()}: it is not sent anew.")
    was = refund.error
    refund.status, refund.attempt, refund.provider_id, refund.error = Refund.Status.DUE, refund.attempt + 1, "", ""
    refund.save(update_fields=["status", "attempt", "provider_id", "error"])
    why = note or f"Attempt {refund.attempt}; the one before: {was or 'no reason given'}"
    _write(Kind.SENT_ANEW, by, now, why, booking_id=refund.payment.booking_id, refund=refund)
    announce(refund_to_send, refund_id=refund.pk)
    return refund


def is_due_by_hand(refund: Refund) -> bool:
    """Whether somebody has to move its money. Needs `payment` fetched."""
    if refund.status == Refund.Status.FAILED:
        return True
    return refund.status == Refund.Status.DUE and providers.of(refund.payment).by_hand


def may_be_sent_anew(refund: Refund) -> bool:
    """Whether its provider may be asked once more. Needs `payment` fetched."""
    return refund.status == Refund.Status.FAILED and not providers.of(refund.payment).by_hand


def _begin_at_the_door(booking: Booking, payments: list[Payment], now: datetime) -> Payment:
    """A promise to pay at the door is kept: from here on it is a payment."""
    missing = booking.total + booking.adjustment - held(booking, payments)
    if booking.status != Booking.Status.CONFIRMED or missing <= 0:
        raise NothingToPay("Nothing is to be paid by hand for this booking.")
    for payment in payments:
        if payment.is_under_way():
            end(payment, now)
    return Payment.objects.create(
        booking=booking,
        method=PaymentMethod.DOOR,
        provider="door",
        amount=missing,
        currency=booking.currency,
        status=Payment.Status.OPEN,
        created_at=now,
    )


def _locked(refund_id: UUID) -> Refund:
    return Refund.objects.select_for_update(of=("self",)).select_related("payment__booking").get(pk=refund_id)


def _write(
    kind: MoneyAct.Kind, by: User, now: datetime, note: str, *, booking_id: UUID, refund: Refund | None = None
) -> None:
    MoneyAct.objects.create(kind=kind, booking_id=booking_id, refund=refund, by=by, at=now, note=note[:LONGEST_NOTE])
