"""Give money back: never more than came in, whatever runs at the same time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from bookings.models import Booking
from core import money
from events.models import Event
from outbox.operations import announce
from payments import providers
from payments.errors import TooMuchBack
from payments.facts import bulk_refund_to_send, refund_done, refund_failed, refund_to_send
from payments.models import Payment, Refund
from payments.models.payment import LONGEST_NOTE
from payments.operations.books import held, lock, lock_payments, owed, tell_customer
from payments.providers.protocol import ProviderRefused, RefundStanding, RefundStatus

ASK_AGAIN = timedelta(hours=1)


@transaction.atomic
def settle_up(*, booking_id: UUID, kind: str | None = None, now: datetime) -> list[Refund]:
    """Give back whatever a booking holds beyond what it owes. Any number of calls give it back once."""
    booking = lock(booking_id)
    return give_back_surplus(booking, lock_payments(booking), kind or kind_of_surplus(booking), now)


def give_back_surplus(booking: Booking, payments: list[Payment], kind: str, now: datetime) -> list[Refund]:
    """`settle_up` for a booking and payments that are locked: what came last goes back first."""
    return spread(payments, booking.currency, held(booking, payments) - owed(booking), kind, now)


def spread(
    payments: list[Payment], currency: str, amount: int, kind: str, now: datetime, *, reason: str = "", by=None
) -> list[Refund]:
    """Refund an amount from locked payments, the latest first."""
    refunds = []
    for payment in reversed(payments):
        part = min(amount, payment.left) if payment.currency == currency else 0
        if part > 0:
            refunds.append(refund(payment, part, kind, now, reason=reason, by=by))
            amount -= part
    return refunds


def refund(payment: Payment, amount: int, kind: str, now: datetime, *, reason: str = "", by=None) -> Refund:
    """Write a refund down; it is sent after the commit. TooMuchBack when the payment holds less.

    The UPDATE is the guard, and a CHECK constraint stands behind it: two refunds at once can't both find enough.
    """
    enough = Payment.objects.filter(pk=payment.pk, refunded__lte=F("received") - amount)
    if not enough.update(refunded=F("refunded") + amount):
        raise TooMuchBack(
            f"Only {money.words(payment.left, payment.currency)} of this payment is left to give back.",
            available=money.plain(payment.left, payment.currency),
        )
    payment.refunded += amount
    made = Refund.objects.create(
        payment=payment, amount=amount, kind=kind, reason=reason[:LONGEST_NOTE], by=by, created_at=now
    )
    if not providers.of(payment).by_hand:
        announce(bulk_refund_to_send if kind == Refund.Kind.EVENT else refund_to_send, refund_id=made.pk)
    return made


def send(*, refund_id: UUID, now: datetime) -> Refund:
    """Have the provider pay a refund back. Called again, it says the same to the provider, which pays once.

    Raises ProviderDown.
    """
    made = Refund.objects.select_related("payment__account", "payment__booking").get(pk=refund_id)
    if made.status != Refund.Status.DUE:
        return made
    try:
        status = providers.of(made.payment).refund(made)
    except ProviderRefused as refusal:
        status = RefundStatus(RefundStanding.FAILED, reason=str(refusal))
    return conclude(refund_id=refund_id, status=status, now=now)


def check_refund(*, refund_id: UUID, now: datetime) -> Refund:
    """Ask the provider what became of a refund that is on its way. Raises ProviderDown."""
    made = Refund.objects.select_related("payment__account", "payment__booking").get(pk=refund_id)
    if made.by_hand or not made.provider_id or made.status not in (Refund.Status.SENT, Refund.Status.DONE):
        return made
    try:
        status = providers.of(made.payment).check_refund(made)
    except ProviderRefused as refusal:
        status = RefundStatus(RefundStanding.FAILED, made.provider_id, str(refusal))
    return conclude(refund_id=refund_id, status=status, now=now)


@transaction.atomic
def conclude(*, refund_id: UUID, status: RefundStatus, now: datetime) -> Refund:
    """Write down what a provider says of a refund. One that was paid back may still come back as failed."""
    made = Refund.objects.select_for_update(of=("self",)).select_related("payment__booking").get(pk=refund_id)
    was = made.status
    made.status = {
        RefundStanding.PENDING: Refund.Status.SENT,
        RefundStanding.DONE: Refund.Status.DONE,
        RefundStanding.FAILED: Refund.Status.FAILED,
    }[status.standing]
    made.provider_id = status.provider_id or made.provider_id
    made.error = status.reason[:LONGEST_NOTE]
    made.check_at = now + ASK_AGAIN if made.status == Refund.Status.SENT else None
    made.done_at = (made.done_at or now) if made.status == Refund.Status.DONE else None
    made.save(update_fields=["status", "provider_id", "error", "check_at", "done_at"])
    if made.status != was:
        _tell(made)
    return made


@transaction.atomic
def give_up(*, refund_id: UUID, reason: str, now: datetime) -> None:
    """The provider could not be reached for days: somebody has to look."""
    due = Refund.objects.select_for_update().filter(pk=refund_id, status=Refund.Status.DUE).first()
    if due:
        conclude(refund_id=refund_id, status=RefundStatus(RefundStanding.FAILED, reason=reason), now=now)


def _tell(made: Refund) -> None:
    if made.status == Refund.Status.DONE:
        announce(refund_done, refund_id=made.pk)
    if made.status == Refund.Status.FAILED:
        announce(refund_failed, refund_id=made.pk)
    tell_customer(made.payment.booking)


def kind_of_surplus(booking: Booking) -> str:
    """Why money that is not owed goes back. Needs `event` fetched."""
    if booking.event.status == Event.Status.CANCELLED:
        return Refund.Kind.EVENT
    if booking.status == Booking.Status.CANCELLED and booking.confirmed_at:
        return Refund.Kind.CANCELLED
    late = booking.status in (Booking.Status.CANCELLED, Booking.Status.EXPIRED)
    return Refund.Kind.LATE if late else Refund.Kind.SURPLUS
