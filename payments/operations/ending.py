"""End a payment that waits for money nobody wants any more."""

from datetime import datetime

from outbox.operations import announce
from payments import providers
from payments.facts import payment_to_check
from payments.models import Payment
from payments.models.payment import LONGEST_NOTE
from payments.operations.books import tell_customer


def end(payment: Payment, now: datetime, *, reason: str = "") -> None:
    """Mark a locked payment as ended, and have its provider end it too. If it is paid all the same, that comes out
    when the provider is asked, and its money finds its way."""
    payment.status = Payment.Status.FAILED if reason else Payment.Status.ENDED
    payment.ended_at, payment.check_at, payment.note = now, None, (reason or payment.note)[:LONGEST_NOTE]
    payment.save(update_fields=["status", "ended_at", "check_at", "note"])
    tell_customer(payment.booking)
    if not providers.of(payment).by_hand:
        announce(payment_to_check, payment_id=payment.pk)
