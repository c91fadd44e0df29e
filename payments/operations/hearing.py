"""Hear what a provider says: a hint that it should be asked."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from outbox.operations import announce
from payments.facts import payment_disputed, payment_to_check, refund_to_check
from payments.models import Account, Payment, ProviderEvent, Refund
from payments.providers.protocol import Hint


@transaction.atomic
def hear(*, provider: str, account: Account | None, hint: Hint, now: datetime) -> bool:
    """Write a webhook down, and have the provider asked about what it names. False when it was heard before.

    It may speak of payments of its own account alone. What it is about may be unknown here (another system of the same
    account): then it is only written down.
    """
    payment = _payment(provider, account, hint)
    fields = {"kind": hint.kind[:100], "payment": payment, "received_at": now}
    _, is_new = ProviderEvent.objects.get_or_create(provider=provider, event_id=hint.event_id, defaults=fields)
    if not is_new:
        return False
    if hint.refund:
        theirs = Refund.objects.filter(payment__provider=provider, payment__account=account)
        for refund in theirs.filter(provider_id=hint.refund):
            announce(refund_to_check, refund_id=refund.pk)
    elif payment:
        announce(payment_to_check, payment_id=payment.pk)
    if payment and hint.disputed and Payment.objects.filter(pk=payment.pk, disputed_at=None).update(disputed_at=now):
        announce(payment_disputed, payment_id=payment.pk)
    return True


def _payment(provider: str, account: Account | None, hint: Hint) -> Payment | None:
    named = Q(provider_id=hint.payment) if hint.payment else Q(receipts__reference=hint.reference)
    if not (hint.payment or hint.reference):
        return None
    return Payment.objects.filter(named, provider=provider, account=account).first()
