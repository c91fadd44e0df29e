"""What the tests of card payments begin with: `cards` is the server that stands in for Stripe."""

from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from core.sealed import seal
from local.stripe.server import StripeServer
from local.stripe.webhooks import Message
from outbox.models import Message as Due
from outbox.tasks import deliver_due
from payments.models import Account, Payment, Refund
from payments.operations import start
from payments.tests.paying import basket, paid_event
from tests.stripe_server import OTHER_KEY, OTHER_SECRET

ADDRESS = "/webhooks/stripe"
CREATE, EXPIRE, REFUND = "POST /v1/checkout/sessions", "POST /v1/checkout/sessions/cs", "POST /v1/refunds"
LOOK = "GET /v1/checkout/sessions"


def begun(booking: Booking | None = None, **changes) -> Payment:
    """A card payment whose page is open."""
    return start(booking=booking or basket(paid_event("card", **changes)), method="card", now=timezone.now())


def own_account(payment_or_event) -> Account:
    """The team of an event takes cards with keys of its own."""
    account = Account.objects.get(team=payment_or_event.organizer)
    account.stripe_key, account.stripe_webhook_secret = seal(OTHER_KEY), seal(OTHER_SECRET)
    account.save()
    return account


def hear(cards: StripeServer, message: Message, *, address: str = ADDRESS, **changes) -> int:
    """Send a webhook, as it is or with another `body` or `signature`: the status that is answered."""
    signature = changes.get("signature", cards.signature(message))
    body = changes.get("body", message.body)
    answer = Client().post(address, body, "application/json", headers={"Stripe-Signature": signature})
    return answer.status_code


def work_off() -> None:
    """Do what is due now, with a worker for each lane."""
    for lane in ("facts", "post", "bulk"):
        deliver_due(lane)


def to_check() -> int:
    """How many payments a worker is to ask about."""
    return Due.objects.filter(fact="payment_to_check", status="pending").count()


def again(payment: Payment) -> Payment:
    """As the database has it now."""
    return Payment.objects.select_related("booking__event", "account").get(pk=payment.pk)


def refunded(payment: Payment) -> Refund:
    return Refund.objects.get(payment=payment)
