"""What customers and teams are told of money."""

from uuid import UUID

from django.utils import timezone

from bookings.models import Booking
from core.facts import on
from notifications import operations
from notifications.operations import News
from payments.facts import (
    payment_came_late,
    payment_disputed,
    payment_failed,
    payment_odd,
    payment_received,
    refund_done,
    refund_failed,
    rescue_ended,
    transfer_awaited,
)
from payments.models import Payment, Receipt, Refund, Rescue


@on(transfer_awaited)
def tell_how_to_transfer(*, payment_id: str) -> None:
    payment = _payment(payment_id)
    _tell("transfer_due", payment.booking, payment.pk, expires_at=payment.booking.hold_expires_at)


@on(payment_received)
def tell_of_a_part(*, receipt_id: str) -> None:
    """All of it is told with the tickets."""
    receipt = Receipt.objects.select_related("payment__booking").get(pk=receipt_id)
    booking = receipt.payment.booking
    if booking.status == Booking.Status.PENDING and receipt.payment.missing:
        _tell("transfer_part", booking, receipt.pk, expires_at=booking.hold_expires_at)


@on(payment_failed)
def tell_that_it_failed(*, payment_id: str) -> None:
    payment = _payment(payment_id)
    _tell("payment_failed", payment.booking, payment.pk, data={"payment": str(payment.pk)})


@on(payment_came_late)
def tell_of_the_choice(*, rescue_id: str) -> None:
    rescue = Rescue.objects.select_related("booking").get(pk=rescue_id)
    _tell("payment_late", rescue.booking, rescue.pk, expires_at=rescue.decide_by)


@on(rescue_ended)
def tell_that_it_goes_back(*, rescue_id: str) -> None:
    """Seats that were found are told with the tickets."""
    rescue = Rescue.objects.select_related("booking").get(pk=rescue_id)
    if rescue.status == Rescue.Status.REFUNDED:
        _tell("payment_returned", rescue.booking, rescue.pk)


@on(refund_done)
def tell_that_it_went_back(*, refund_id: str) -> None:
    refund = _refund(refund_id)
    _tell("refunded", refund.payment.booking, refund.pk, data={"refund": str(refund.pk)})


@on(refund_failed)
def tell_the_team_of_a_failed_refund(*, refund_id: str) -> None:
    refund = _refund(refund_id)
    what = {"what": "refund", "amount": refund.amount, "error": refund.error}
    operations.tell_of_trouble(
        payment=refund.payment, key=f"refund:{refund.pk}:{refund.attempt}", data=what, now=timezone.now()
    )


@on(payment_disputed)
def tell_the_team_of_a_dispute(*, payment_id: str) -> None:
    _trouble(payment_id, "dispute")


@on(payment_odd)
def tell_the_team_of_an_odd_payment(*, payment_id: str) -> None:
    _trouble(payment_id, "odd")


def _trouble(payment_id: str, what: str) -> None:
    payment = _payment(payment_id)
    operations.tell_of_trouble(payment=payment, key=f"{what}:{payment.pk}", data={"what": what}, now=timezone.now())


def _tell(kind: str, booking: Booking, occurrence: UUID, **more) -> None:
    """To the address that was given with the booking; each kind once for each payment, receipt, refund or choice."""
    news = News(kind, to=booking.customer_id, key=f"{kind}:{occurrence}", about=booking.pk, email=booking.email, **more)
    operations.tell([news], now=timezone.now())


def _payment(payment_id: str) -> Payment:
    return Payment.objects.select_related("booking__event").get(pk=payment_id)


def _refund(refund_id: str) -> Refund:
    return Refund.objects.select_related("payment__booking__event").get(pk=refund_id)
