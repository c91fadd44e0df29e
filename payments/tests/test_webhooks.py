"""What providers tell us: looked up, never believed, and heard once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from core import limits
from local.stripe.webhooks import sign
from payments import operations
from payments.models import Payment, ProviderEvent, Receipt
from payments.tests.carding import ADDRESS, again, begun, hear, own_account, refunded, to_check, work_off
from payments.tests.paying import PRICE, basket, paid_event
from payments.tests.test_stripe import cancelled, paid
from tests.stripe_server import OTHER_SECRET, SECRET

pytestmark = pytest.mark.django_db

COMPLETED = "checkout.session.completed"


def paid_there(cards, **changes) -> Payment:
    """Paid on Stripe's page; we have not heard of it."""
    payment = begun(**changes)
    cards.pay(payment.provider_id)
    return payment


def test_a_webhook_has_the_provider_asked_and_the_seats_booked(cards):
    payment = paid_there(cards)
    [message] = cards.messages(COMPLETED)
    asked = len(cards.faults.seen)
    assert hear(cards, message) == 204
    assert (len(cards.faults.seen), to_check()) == (asked, 1)  # not while Stripe waits for its answer
    work_off()
    assert (again(payment).status, again(payment).booking.status) == ("paid", "confirmed")
    assert ProviderEvent.objects.get().payment == payment


def test_a_webhook_costs_few_statements(cards, django_assert_num_queries):
    paid_there(cards)
    [message] = cards.messages(COMPLETED)
    with django_assert_num_queries(8):
        hear(cards, message)


def test_more_messages_than_any_rush_brings_are_to_be_sent_again_later(cards, settings, monkeypatch):
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "webhook", limits.Policy("2/d", "address"))
    paid_there(cards)
    [message] = cards.messages(COMPLETED)
    assert [hear(cards, message) for _ in range(3)] == [204, 204, 429]
    forged = [Client().post("/webhooks/stripe", headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(2)]
    assert [(answer.status_code, int(answer["Retry-After"]) > 0) for answer in forged] == [(429, True)] * 2
    cache.clear()


def test_a_webhook_that_is_repeated_does_nothing(cards):
    paid_there(cards)
    [message] = cards.messages(COMPLETED)
    assert [hear(cards, message) for _ in range(3)] == [204] * 3
    assert (ProviderEvent.objects.count(), to_check()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_webhook_that_comes_ten_times_at_once_is_heard_once(cards):
    paid_there(cards)
    [message] = cards.messages(COMPLETED)

    def say(_):
        try:
            return hear(cards, message)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(say, range(10))) == [204] * 10
    assert (ProviderEvent.objects.count(), to_check()) == (1, 1)


@pytest.mark.parametrize("order", ["as they were sent", "backwards", "twice"])
def test_webhooks_may_come_in_any_order_before_and_after_the_customer(cards, order):
    payment = begun()
    cards.decline(payment.provider_id)
    cards.pay(payment.provider_id)
    messages = cards.messages()
    messages = {"as they were sent": messages, "backwards": messages[::-1], "twice": messages * 2}[order]
    for number, message in enumerate(messages):
        assert hear(cards, message) == 204
        work_off()
        if number == 1:  # the customer comes back in between
            operations.check_all(booking=payment.booking, now=timezone.now())
    assert (again(payment).received, Receipt.objects.count()) == (PRICE, 1)
    assert again(payment).booking.status == "confirmed"


def test_a_webhook_that_comes_too_late_finds_everything_done(cards):
    payment = paid(cards)
    [message] = cards.messages(COMPLETED)
    assert hear(cards, message) == 204
    work_off()
    assert (again(payment).received, Receipt.objects.count()) == (PRICE, 1)


def test_a_webhook_that_never_comes_is_not_needed(cards):
    payment = paid_there(cards)
    operations.look_at_the_clock(now=payment.check_at)
    work_off()
    assert again(payment).booking.status == "confirmed"


def test_a_webhook_that_lies_is_only_a_question(cards):
    """Signed, and wrong: whoever has the secret can have Stripe asked, and nothing more."""
    payment = begun()
    cards.pay(begun(basket(paid_event("card"))).provider_id)
    [message] = cards.messages(COMPLETED)
    other = cards.session(payment.provider_id)["id"]
    body = message.body.replace(Payment.objects.exclude(pk=payment.pk).get().provider_id.encode(), other.encode())
    assert hear(cards, message, body=body, signature=sign(body, SECRET)) == 204
    work_off()
    assert (again(payment).status, Receipt.objects.count()) == ("open", 0)


def forgeries(cards, message):
    """Name, and what is sent."""
    good = cards.signature(message)
    return {
        "no signature": {"signature": ""},
        "nonsense": {"signature": "t=now,v1=no"},
        "another secret": {"signature": good[:-4] + "0000"},
        "an old scheme": {"signature": good.replace("v1=", "v0=")},
        "recorded": {"signature": cards.signature(message, at=time.time() - 301)},
        "changed": {"body": message.body.replace(b"complete", b"finished")},
        "truncated": {"body": message.body[: len(message.body) // 2]},
        "empty": {"body": b""},
        "not text": {"body": b"\xff\xfe\x00"},
    }


FORGERIES = ["no signature", "nonsense", "another secret", "an old scheme", "recorded", "changed", "truncated", "empty"]


@pytest.mark.parametrize("forgery", [*FORGERIES, "not text"])
def test_a_forged_webhook_is_refused_and_leaves_nothing(cards, forgery):
    paid_there(cards)
    [message] = cards.messages(COMPLETED)
    assert hear(cards, message, **forgeries(cards, message)[forgery]) == 400
    assert (ProviderEvent.objects.count(), to_check()) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"id": "evt_\\u0000", "type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}',
        b'{"id": 7, "type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}',
        b'{"id": "evt_1", "type": [], "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "data": {"object": {"id": {}}}}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "data": "x"}',
        b"[" * 100_000,
    ],
    ids=lambda body: body[:40].decode(),
)
def test_nonsense_that_is_signed_is_refused(cards, body):
    headers = {"Stripe-Signature": sign(body, SECRET)}
    answer = Client().post(ADDRESS, body, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "forged")


def test_a_message_that_is_too_long_is_not_read(cards):
    answer = Client().post(ADDRESS, b"x" * (256 * 1024 + 1), "application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("address", ["/webhooks/nobody", "/webhooks/transfer", "/webhooks/stripe/99999999999999999999"])
def test_only_providers_that_send_webhooks_are_heard(address):
    assert Client().post(address, b"{}", "application/json").status_code == 404


def test_a_webhook_is_posted(cards):
    assert Client().get(ADDRESS).status_code == 405


def test_without_a_secret_nothing_is_heard(cards, settings):
    paid_there(cards)
    [message] = cards.messages(COMPLETED)
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert hear(cards, message) == 400


def test_what_happens_to_others_of_the_account_is_written_down_alone(cards):
    event = paid_event("card")
    own_account(event)
    payment = begun(basket(event))
    cards.pay(payment.provider_id)
    Payment.objects.update(provider_id="cs_somebody_else_s")
    [message] = cards.messages(COMPLETED)
    assert hear(cards, message, address=f"{ADDRESS}/{payment.account_id}") == 204
    assert (ProviderEvent.objects.get().payment, to_check()) == (None, 0)


def test_each_account_speaks_at_its_own_address_and_of_its_own_payments(cards):
    payment = paid(cards)
    account = own_account(paid_event("card"))
    cards.dispute(Receipt.objects.get().reference)
    [message] = cards.messages("charge.dispute.created")
    address = f"{ADDRESS}/{account.pk}"
    assert hear(cards, message, address=address) == 400
    assert hear(cards, message, address=address, signature=sign(message.body, OTHER_SECRET)) == 204
    assert again(payment).disputed_at is None


def test_a_dispute_is_noted_once(cards):
    payment = paid(cards)
    cards.dispute(Receipt.objects.get().reference)
    [message] = cards.messages("charge.dispute.created")
    assert hear(cards, message) == 204
    assert again(payment).disputed_at is not None


def test_a_refund_that_fails_days_later_is_heard_of(cards):
    refund = cancelled(paid(cards))
    operations.send(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    cards.settle(refund.provider_id, "failed")
    [message] = cards.messages("refund.failed")
    assert hear(cards, message) == 204
    work_off()
    assert (refunded(refund.payment).status, refunded(refund.payment).error) == ("failed", "expired or canceled card")
