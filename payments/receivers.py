"""What a worker does when money is to move, or when a booking that holds money has changed."""

from uuid import UUID

from django.utils import timezone

from bookings.facts import booking_cancelled
from core.facts import Payload, on, on_all, on_dead
from payments import operations
from payments.facts import payment_to_check, refund_to_check, refund_to_send
from payments.operations import checking, refunding


@on(payment_to_check)
def check_it(*, payment_id: str) -> None:
    operations.check(payment_id=UUID(payment_id), now=timezone.now())


@on_dead(payment_to_check)
def note_that_it_could_not_be_checked(payload: Payload, error: str) -> None:
    checking.give_up(payment_id=UUID(payload["payment_id"]), reason=error)


@on(refund_to_send)
def send_it(*, refund_id: str) -> None:
    operations.send(refund_id=UUID(refund_id), now=timezone.now())


@on_dead(refund_to_send)
def note_that_it_could_not_be_sent(payload: Payload, error: str) -> None:
    refunding.give_up(refund_id=UUID(payload["refund_id"]), reason=error, now=timezone.now())


@on(refund_to_check)
def check_refund(*, refund_id: str) -> None:
    operations.check_refund(refund_id=UUID(refund_id), now=timezone.now())


@on_all(booking_cancelled)
def pay_back(payloads: list[Payload]) -> None:
    """By ascending id: all of them are locked until the last is done."""
    for booking_id in sorted(payload["booking_id"] for payload in payloads):
        operations.settle_up(booking_id=UUID(booking_id), now=timezone.now())
