"""Another card provider is one file: what the protocol asks for, and a line in `payments.providers`."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.utils import timezone

from bookings import operations as bookings
from events.models import PaymentMethod
from payments import operations, providers
from payments.models import Account, Payment, Refund
from payments.providers.protocol import (
    Forged,
    Hint,
    Provider,
    RefundStanding,
    RefundStatus,
    Standing,
    Started,
    Status,
)
from payments.tests.carding import again, begun, refunded, work_off
from payments.tests.paying import PRICE

pytestmark = pytest.mark.django_db

SECRET = b"of the tests alone"


@dataclass
class Acorn:
    """Takes cards on pages of its own; what it knows is in memory."""

    name: str = "acorn"
    method: PaymentMethod = PaymentMethod.CARD
    by_hand: bool = False
    origins: tuple[str, ...] = ("https://acorn.example",)
    paid: dict[str, tuple[int, str]] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)

    def serves(self, account: Account | None) -> bool:
        return account is None

    def start(self, payment: Payment, *, success_url: str, cancel_url: str) -> Started:
        name = f"acorn-{payment.pk}"
        return Started(name, f"https://acorn.example/{name}")

    def pay(self, payment: Payment) -> None:
        self.paid[payment.provider_id] = payment.amount, payment.currency

    def check(self, payment: Payment) -> Status:
        name = payment.provider_id
        if name not in self.paid:
            return Status(Standing.OPEN, name)
        return Status(Standing.PAID, name, *self.paid[name], reference=f"money-{name}")

    def cancel(self, payment: Payment) -> Status:
        status = self.check(payment)
        return status if status.standing == Standing.PAID else Status(Standing.ENDED, payment.provider_id)

    def refund(self, refund: Refund) -> RefundStatus:
        self.refunds[str(refund.pk)] = refund.amount
        return RefundStatus(RefundStanding.DONE, f"back-{refund.pk}")

    def check_refund(self, refund: Refund) -> RefundStatus:
        return RefundStatus(RefundStanding.DONE, refund.provider_id)

    def read_event(self, body: bytes, headers: Mapping[str, str], account: Account | None) -> Hint | None:
        if not hmac.compare_digest(headers.get("X-Acorn", ""), hmac.new(SECRET, body, hashlib.sha256).hexdigest()):
            raise Forged("That was not Acorn.")
        said = json.loads(body)
        return Hint(said["event"], said["kind"], payment=said["payment"])


@pytest.fixture
def acorn(monkeypatch) -> Acorn:
    """The only provider that takes cards."""
    provider: Provider = Acorn()
    monkeypatch.setitem(providers._providers, "acorn", provider)
    return provider


def say(payment: Payment) -> int:
    body = json.dumps({"event": "1", "kind": "paid", "payment": payment.provider_id}).encode()
    headers = {"X-Acorn": hmac.new(SECRET, body, hashlib.sha256).hexdigest()}
    return Client().post("/webhooks/acorn", body, "application/json", headers=headers).status_code


def test_another_provider_takes_cards_is_heard_and_pays_back(acorn):
    payment = begun()
    assert (payment.provider, payment.url) == ("acorn", f"https://acorn.example/acorn-{payment.pk}")
    acorn.pay(payment)
    assert say(payment) == 204
    work_off()
    booking = again(payment).booking
    assert (booking.status, booking.paid_by) == ("confirmed", "money")
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    operations.settle_up(booking_id=booking.pk, now=timezone.now())
    work_off()
    assert acorn.refunds == {str(refunded(payment).pk): PRICE}
    assert refunded(payment).status == "done"


def test_a_stranger_is_not_heard(acorn):
    answer = Client().post("/webhooks/acorn", b"{}", "application/json")
    assert answer.status_code == 400
