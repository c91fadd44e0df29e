"""What happens to payments by time: whatever a webhook or a customer did not bring to an end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from outbox.operations import announce
from payments import providers
from payments.errors import NoChoice
from payments.facts import payment_to_check, refund_to_check
from payments.models import Payment, Refund, Rescue
from payments.operations.books import lock, lock_payments
from payments.operations.refunding import ASK_AGAIN
from payments.operations.rescuing import take_money_back
from payments.operations.settling import follow

AT_ONCE = 200


def look_at_the_clock(*, now: datetime) -> None:
    """Ask about what is overdue, end what nobody waits for, decide what nobody chose. Safe beside itself."""
    for payments in (Payment.objects.abandoned(), Payment.objects.stranded()):
        for booking_id in payments.values_list("booking_id", flat=True)[:AT_ONCE]:
            _follow(booking_id, now)
    for payment in Payment.objects.to_check(now)[:AT_ONCE]:
        _ask_about(payment.pk, now)
    for refund in Refund.objects.to_check(now)[:AT_ONCE]:
        if Refund.objects.filter(pk=refund.pk, check_at=refund.check_at).update(check_at=now + ASK_AGAIN):
            announce(refund_to_check, refund_id=refund.pk)
    for rescue in Rescue.objects.due(now)[:AT_ONCE]:
        _decide(rescue, now)


@transaction.atomic
def _follow(booking_id: UUID, now: datetime) -> None:
    booking = lock(booking_id)
    follow(booking, lock_payments(booking), now)


@transaction.atomic
def _ask_about(payment_id: UUID, now: datetime) -> None:
    """Once, though two sweeps run at the same time; the next time is later, whatever becomes of this one."""
    overdue = Payment.objects.to_check(now).select_for_update(skip_locked=True).filter(pk=payment_id).first()
    if overdue is None:
        return
    overdue.check_at = overdue.next_check(now)
    overdue.save(update_fields=["check_at"])
    if not providers.of(overdue).by_hand:
        announce(payment_to_check, payment_id=payment_id, again=False)


def _decide(rescue: Rescue, now: datetime) -> None:
    try:
        take_money_back(booking_id=rescue.booking_id, now=now)
    except NoChoice:
        return  # chosen this very moment
