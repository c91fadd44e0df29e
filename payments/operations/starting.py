"""Start a payment: the row first, then the provider, then what it answered."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from bookings import operations as bookings
from bookings.errors import HoldLapsed
from bookings.models import Booking
from events.models import PaymentMethod
from outbox.operations import announce
from payments import providers
from payments.errors import MethodNotOffered, NothingToPay, PaymentRefused, ProviderAway
from payments.facts import transfer_awaited
from payments.models import Payment
from payments.operations.books import lock, lock_payments
from payments.operations.checking import check, start_at_provider
from payments.operations.ending import end
from payments.providers.protocol import ProviderDown, ProviderRefused
from payments.transfers import kept_until

log = structlog.get_logger(__name__)

FIRST_CHECK = timedelta(minutes=1)
MOST_TRIES = 3


def pay(*, booking: Booking, method: str | None, now: datetime, name: str = "", email: str = "") -> Booking | Payment:
    """Finish a basket: what is free, or paid at the door, is booked; else a payment is started. Errors as for `start`
    and for `bookings.operations.confirm`."""
    if not booking.total or method == PaymentMethod.DOOR:
        return bookings.confirm(booking=booking, now=now, name=name, email=email)
    return start(booking=booking, method=method or "", now=now, name=name, email=email)


def start(*, booking: Booking, method: str, now: datetime, name: str = "", email: str = "") -> Payment:
    """Have a basket paid by card or by transfer. Pressed twice, or in two tabs, it is one payment; another method ends
    the one before. Returns a payment that is open, or paid already.

    Raises MethodNotOffered, NothingToPay, HoldLapsed, ProviderAway (say it again) or PaymentRefused.
    """
    for _ in range(MOST_TRIES):
        payment, known = _write(booking, method, now, name, email)
        try:
            if not known:
                return start_at_provider(payment, now)
            payment = check(payment_id=payment.pk, now=now)
        except ProviderDown as away:
            log.warning("payment_provider_away", payment=str(payment.pk), reason=str(away))
            raise ProviderAway(
                "The payment page can't be reached just now. Nothing was charged, and your seats stay held for you: "
                "please try again in a moment."
            ) from away
        except ProviderRefused as refusal:
            _give_up(payment, str(refusal), now)
            raise PaymentRefused(f"This can't be paid by {payment.get_method_display().lower()}: {refusal}") from None
        if payment.status in (Payment.Status.OPEN, Payment.Status.PAID):
            return payment
    raise ProviderAway("The payment page could not be opened. Nothing was charged: please try again in a moment.")


@transaction.atomic
def _write(booking: Booking, method: str, now: datetime, name: str, email: str) -> tuple[Payment, bool]:
    """The payment to go on with, and whether the provider has answered about it before."""
    booking = lock(booking.pk)
    _check_payable(booking, now)
    account = providers.account_of(booking.event.organizer)
    offered = providers.methods_of(booking.event, now)
    chosen = providers.choose(method, account)
    if method not in offered or method == PaymentMethod.DOOR or chosen is None:
        raise MethodNotOffered("Choose one of the ways to pay that this event offers.", offered=list(offered))
    provider, whose = chosen
    if (booking.name, booking.email) != (name, email) and (name or email):
        booking.name, booking.email = name, email
        booking.save(update_fields=["name", "email"])
    same = {"provider": provider.name, "account_id": whose and whose.pk, "amount": booking.total}
    for payment in lock_payments(booking):
        if payment.is_under_way():
            if all(getattr(payment, field) == value for field, value in same.items()):
                return payment, payment.status == Payment.Status.OPEN
            end(payment, now)
    made = Payment.objects.create(
        booking=booking,
        method=method,
        currency=booking.currency,
        created_at=now,
        check_at=now + FIRST_CHECK,
        **same,
    )
    until = kept_until(booking.event, account, now) if method == PaymentMethod.TRANSFER else None
    if until:
        bookings.keep_until(booking=booking, until=until, now=now)
        announce(transfer_awaited, payment_id=made.pk)
    return made, False


def _check_payable(booking: Booking, now: datetime) -> None:
    if booking.status == Booking.Status.CONFIRMED or not booking.total:
        raise NothingToPay("There is nothing to pay: this booking is confirmed.")
    if not booking.is_held(now):
        raise HoldLapsed("The time to complete this booking was up, and its seats went back on sale.")


@transaction.atomic
def _give_up(payment: Payment, reason: str, now: datetime) -> None:
    lock(payment.booking_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.is_under_way():
        end(payment, now, reason=reason)
