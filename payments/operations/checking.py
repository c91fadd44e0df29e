"""Ask a provider what is true of a payment. No transaction is open meanwhile."""

from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from bookings.models import Booking
from outbox.operations import announce
from payments import providers
from payments.facts import payment_odd, payment_to_check
from payments.models import Payment
from payments.models.payment import LONGEST_NOTE
from payments.operations.settling import settle
from payments.providers.protocol import ProviderDown, ProviderRefused, Standing, Started, Status

log = structlog.get_logger(__name__)


def check(*, payment_id: UUID, now: datetime) -> Payment:
    """Ask, and settle by the answer: safe to call at any moment, any number of times. Raises ProviderDown."""
    payment = Payment.objects.select_related("booking__event__organizer", "account").get(pk=payment_id)
    if providers.of(payment).by_hand:
        return payment
    try:
        status = _ask(payment, now)
    except ProviderRefused as refusal:
        status = Status(Standing.ENDED, reason=str(refusal) or "The provider knows nothing of it.")
    return settle(payment_id=payment_id, status=status, now=now)


def check_all(*, booking: Booking, now: datetime) -> None:
    """Ask about whatever of a booking is under way; a provider that is away is asked again later, by the sweep."""
    for payment in Payment.objects.under_way().filter(booking=booking):
        try:
            check(payment_id=payment.pk, now=now)
        except ProviderDown as away:
            log.warning("payment_provider_away", payment=str(payment.pk), reason=str(away))


@transaction.atomic
def ask_soon(*, payment: Payment) -> bool:
    """Have a worker ask; False where there is nobody to ask."""
    if providers.of(payment).by_hand:
        return False
    announce(payment_to_check, payment_id=payment.pk)
    return True


def start_at_provider(payment: Payment, now: datetime) -> Payment:
    """Say it to the provider, and write down what it answers. Said twice, it is one payment there: its id is the key.

    Raises ProviderDown or ProviderRefused.
    """
    home = settings.BASE_URL + reverse("payments:paid", args=[payment.booking_id])
    back = settings.BASE_URL + reverse("payments:checkout", args=[payment.booking_id])
    started = providers.of(payment).start(payment, success_url=home, cancel_url=back)
    return _write_started(payment.pk, started, now)


@transaction.atomic
def give_up(*, payment_id: UUID, reason: str) -> None:
    """The provider could not be asked for days: somebody has to look."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    payment.note = f"Could not be checked: {reason}"[:LONGEST_NOTE]
    payment.save(update_fields=["note"])
    announce(payment_odd, payment_id=payment_id)


def _ask(payment: Payment, now: datetime) -> Status:
    provider = providers.of(payment)
    if not payment.provider_id:  # whoever started it died before the answer came
        payment = start_at_provider(payment, now)
    wanted = payment.is_under_way() and payment.booking.status == Booking.Status.PENDING
    if wanted or payment.status == Payment.Status.PAID:
        return provider.check(payment)
    return provider.cancel(payment)


@transaction.atomic
def _write_started(payment_id: UUID, started: Started, now: datetime) -> Payment:
    payment = (
        Payment.objects.select_for_update(of=("self",)).select_related("booking__event", "account").get(pk=payment_id)
    )
    payment.provider_id, payment.url, payment.expires_at = started.provider_id, started.url, started.expires_at
    if payment.status == Payment.Status.NEW:
        payment.status = Payment.Status.OPEN
    payment.save(update_fields=["provider_id", "url", "expires_at", "status"])
    return payment
