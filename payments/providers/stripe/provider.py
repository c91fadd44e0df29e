"""What is asked of Stripe, in its words, and what its answers mean."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from events.models import PaymentMethod
from payments.models import Account, Payment, Refund
from payments.providers.protocol import (
    Hint,
    ProviderDown,
    ProviderRefused,
    RefundStanding,
    RefundStatus,
    Standing,
    Started,
    Status,
)
from payments.providers.stripe import webhooks
from payments.providers.stripe.amounts import from_stripe, to_stripe
from payments.providers.stripe.calls import LONG_PATIENCE, Found, Garbage, Refused, Repeated, ask, client, key_of
from payments.providers.stripe.session import wanted

log = structlog.get_logger(__name__)

OWN_PAGES = "https://checkout.stripe.com"
# Idempotency keys are kept for a day at the least. What is older is looked for before it is sent again.
KEYS_LAST = timedelta(hours=20)
MOST_REFUNDS = 100
REFUNDS = {
    "succeeded": RefundStanding.DONE,
    "failed": RefundStanding.FAILED,
    "canceled": RefundStanding.FAILED,
    "pending": RefundStanding.PENDING,
    "requires_action": RefundStanding.PENDING,
}


class Stripe:
    """With a team's own keys, or with the platform's."""

    name = "stripe"
    method = PaymentMethod.CARD
    by_hand = False

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([settings.STRIPE_PAGES_URL, OWN_PAGES]))

    def serves(self, account: Account | None) -> bool:
        return bool(key_of(account))

    def start(self, payment: Payment, *, success_url: str, cancel_url: str) -> Started:
        """Open a session. The payment's id is its key: begun in other words (the event has a new title), it is
        refused, so that there is never a second session that could be paid."""
        found = _open(payment, wanted(payment, success_url=success_url, cancel_url=cancel_url))
        with sense():
            ends_at = datetime.fromtimestamp(found.number("expires_at"), UTC)
            return Started(found.text("id"), _address(found), ends_at)

    def check(self, payment: Payment) -> Status:
        sessions = client(payment.account).v1.checkout.sessions
        found = ask(lambda: sessions.retrieve(payment.provider_id, {"expand": ["payment_intent"]}))
        return _status(payment, found)

    def cancel(self, payment: Payment) -> Status:
        """What is paid, or about to be, can't be ended any more, and says so."""
        sessions = client(payment.account).v1.checkout.sessions
        try:
            found = ask(lambda: sessions.expire(payment.provider_id))
        except ProviderRefused:
            return self.check(payment)
        return _status(payment, found)

    def refund(self, refund: Refund) -> RefundStatus:
        """Pay back a part of what came in, or all of it, to the same card."""
        refunds, key = client(refund.payment.account, LONG_PATIENCE).v1.refunds, f"{refund.pk}-{refund.attempt}"
        intent = _intent(refund)
        order: RefundCreateParams = {
            "payment_intent": intent,
            "amount": to_stripe(refund.amount, refund.payment.currency),
            "metadata": {"refund": key},
        }
        perhaps_sent = refund.attempt > 1 or timezone.now() - refund.created_at > KEYS_LAST
        if perhaps_sent and (sent := _sent(refund, intent, key)):
            return sent
        try:
            return _refund_status(ask(lambda: refunds.create(order, {"idempotency_key": key})))
        except Repeated:
            if sent := _sent(refund, intent, key):
                return sent
            raise

    def check_refund(self, refund: Refund) -> RefundStatus:
        refunds = client(refund.payment.account, LONG_PATIENCE).v1.refunds
        return _refund_status(ask(lambda: refunds.retrieve(refund.provider_id)))

    def read_event(self, body: bytes, headers: Mapping[str, str], account: Account | None) -> Hint | None:
        return webhooks.read(body, headers.get("Stripe-Signature", ""), account)


@contextmanager
def sense() -> Iterator[None]:
    """What an answer lacks, or has in another form than it should, is a provider that is away: asked again, it may have
    come to itself."""
    try:
        yield
    except (Garbage, KeyError, ValueError, OverflowError, OSError) as nonsense:
        log.warning("stripe_garbage", reason=str(nonsense))
        raise ProviderDown(f"Stripe's answer makes no sense: {nonsense}") from nonsense


def _open(payment: Payment, order: SessionCreateParams) -> Found:
    """Without the niceties that Stripe does not like: it is stricter than we are with addresses, which people then type
    in there, and with what statements say."""
    sessions = client(payment.account).v1.checkout.sessions
    while True:
        try:
            return ask(lambda: sessions.create(order, {"idempotency_key": str(payment.pk)}))
        except Refused as refusal:
            if refusal.param == "customer_email" and order.pop("customer_email", ""):
                continue
            intent = order["payment_intent_data"]
            if refusal.param.endswith("[statement_descriptor_suffix]") and intent.pop(
                "statement_descriptor_suffix", ""
            ):
                continue
            raise


def _address(session: Found) -> str:
    """Where the customer pays; by TLS, but for the server that stands in for Stripe."""
    url = session.text("url")
    if not url.startswith(("https://", f"{settings.STRIPE_PAGES_URL}/")):
        raise Garbage(f"url is {url!r}")
    return url


def _status(payment: Payment, session: Found) -> Status:
    """What is true of a session. What came in is taken from its payment intent."""
    with sense():
        name, status = session.text("id"), session.text("status")
        if name != payment.provider_id:
            raise Garbage(f"asked about {payment.provider_id}, told of {name}")
        if status == "complete":
            return _paid(name, session.object("payment_intent"))
        return Status({"open": Standing.OPEN, "expired": Standing.ENDED}[status], name)


def _paid(name: str, intent: Found) -> Status:
    status = intent.text("status")
    if status == "succeeded":
        currency = intent.text("currency").upper()
        amount = from_stripe(intent.number("amount_received"), currency)
        return Status(Standing.PAID, name, amount, currency, intent.text("id"))
    if status in ("requires_payment_method", "canceled"):
        reason = intent.maybe_object("last_payment_error").maybe("message")
        return Status(Standing.ENDED, name, reason=reason or "The payment did not go through.")
    return Status(Standing.PROCESSING, name)


def _intent(refund: Refund) -> str:
    """Stripe's name for the money that came in."""
    found = refund.payment.receipts.order_by("at").values_list("reference", flat=True).first()
    if found is None:
        raise ProviderRefused("nothing of this payment came in.")
    return found


def _sent(refund: Refund, intent: str, key: str) -> RefundStatus | None:
    """What became of a refund that may have been sent before, though nobody heard the answer: this attempt, or an
    earlier one that was given up here and did not fail there."""
    refunds = client(refund.payment.account, LONG_PATIENCE).v1.refunds
    found = ask(lambda: refunds.list({"payment_intent": intent, "limit": MOST_REFUNDS}))
    with sense():
        tries = [one for one in found.list("data") if _known_by(one).startswith(f"{refund.pk}-")]
        standing = [(_known_by(one), _refund_status(one)) for one in tries]
        return next((it for known, it in standing if known == key or it.standing != RefundStanding.FAILED), None)


def _known_by(refund: Found) -> str:
    return refund.maybe_object("metadata").maybe("refund")


def _refund_status(refund: Found) -> RefundStatus:
    with sense():
        standing = REFUNDS[refund.text("status")]
        return RefundStatus(standing, refund.text("id"), refund.maybe("failure_reason").replace("_", " "))
