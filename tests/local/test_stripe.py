"""The local Stripe server, through Stripe's own library."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from local.stripe.server import StripeServer
from local.stripe.webhooks import Endpoint
from tests.stripe_server import KEY, OTHER_KEY, SECRET, press, stripe_server
from tests.waiting import wait_for


@pytest.fixture
def server(tmp_path) -> Iterator[StripeServer]:
    with stripe_server(tmp_path) as running:
        yield running


def client(server, key=KEY, **more) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": server.url}, max_network_retries=0, **more)


def order(amount=1250, currency="eur", **more):
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Standing & dancing"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 2}],
        "success_url": "http://shop.test/back?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/basket",
        "client_reference_id": "payment-7",
        "customer_email": "ada@example.org",
        "metadata": {"payment": "7"},
        **more,
    }


def sell(server, **more):
    return client(server).v1.checkout.sessions.create(order(**more))


def paid(server):
    session = sell(server)
    press(session.url, "pay")
    return session, client(server).v1.checkout.sessions.retrieve(session.id).payment_intent


def kinds(server):
    return [message.kind for message in server.messages()]


def html(url):
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  our own server
        return answer.read().decode()


def test_a_session_is_open_until_it_is_paid(server):
    session = sell(server)
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 2500)
    assert press(session.url, "pay") == (303, f"http://shop.test/back?session={session.id}")
    found = client(server).v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
    intent = found.payment_intent
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 2500, "eur")
    assert [(line.quantity, line.amount_total) for line in found.line_items.data] == [(2, 2500)]
    assert found.metadata.payment == "7"


def test_twenty_presses_at_once_pay_once(server):
    session = sell(server)
    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(lambda _: press(session.url, "pay"), range(20)))
    assert answers == {(303, f"http://shop.test/back?session={session.id}")}
    assert len(server.all("charge")) == 1
    assert kinds(server).count("checkout.session.completed") == 1


def test_a_declined_card_leaves_the_session_open_to_try_again(server):
    session = sell(server)
    assert press(session.url, "decline") == (303, f"/pay/{session.id}")
    assert "Your card was declined. Nothing was charged; you can try again." in html(session.url)
    assert kinds(server) == ["payment_intent.payment_failed"]
    assert client(server).v1.checkout.sessions.retrieve(session.id).status == "open"
    press(session.url, "pay")
    assert client(server).v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_bank_asks_and_is_told_yes_or_no(server):
    session = sell(server)
    assert press(session.url, "challenge") == (303, f"/pay/{session.id}/3ds")
    assert "Your bank asks: are you paying €25.00?" in html(f"{session.url}/3ds")
    assert press(f"{session.url}/3ds", "fail") == (303, f"/pay/{session.id}")
    assert "Your bank could not confirm that it is you." in html(session.url)
    assert press(f"{session.url}/3ds", "confirm")[1].startswith("http://shop.test/back")


def test_who_goes_back_without_paying_leaves_the_session_open(server):
    session = sell(server)
    assert press(session.url, "abandon") == (303, "http://shop.test/basket")
    assert client(server).v1.checkout.sessions.retrieve(session.id).status == "open"


def test_an_expired_session_takes_no_money_and_says_so(server):
    session = sell(server)
    assert client(server).v1.checkout.sessions.expire(session.id).status == "expired"
    assert press(session.url, "pay") == (303, f"/pay/{session.id}")
    assert "This payment page has expired" in html(session.url)
    assert (server.all("charge"), kinds(server)) == ([], ["checkout.session.expired"])


def test_what_is_paid_can_not_be_expired(server):
    session, _ = paid(server)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `complete`"):
        client(server).v1.checkout.sessions.expire(session.id)


def test_a_session_whose_time_is_up_has_expired(server):
    session = sell(server)
    server.change(session.id, expires_at=int(time.time()) - 1)
    assert client(server).v1.checkout.sessions.retrieve(session.id).status == "expired"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"amount": 10}, "must add up to at least €0.50"),
        ({"amount": 60_000_000}, "no more than"),
        ({"currency": "xxx"}, "Invalid currency: xxx"),
        ({"currency": "EUR"}, "Invalid currency: EUR"),
        ({"amount": 1001, "currency": "kwd"}, "divisible by 10"),
        ({"amount": 150, "currency": "isk"}, None),
        ({"amount": 75, "currency": "isk"}, "divisible by 100"),
        ({"expires_in": 29 * 60}, "at least 30 minutes"),
        ({"expires_in": 25 * 3600}, "less than 24 hours"),
        ({"success_url": ""}, "Missing required param: success_url"),
        ({"line_items": []}, "Missing required param: line_items"),
        ({"sucess_url": "x"}, "Received unknown parameter: sucess_url"),
        ({"payment_method_types": ["card"]}, "Received unknown parameter: payment_method_types"),  # as of 2026
        ({"payment_intent_data": {"statement_descriptor_suffix": "<" * 5}}, "statement descriptor"),
    ],
)
def test_what_stripe_refuses_is_refused(server, wrong, message):
    if "expires_in" in wrong:
        wrong = {"expires_at": int(time.time()) + wrong["expires_in"]}
    if message is None:
        assert sell(server, **wrong).status == "open"
        return
    with pytest.raises(stripe.InvalidRequestError, match=message):
        sell(server, **wrong)
    assert server.all("checkout.session") == []


def test_the_same_key_gets_the_same_answer_and_another_body_an_error(server):
    sessions, options = client(server).v1.checkout.sessions, {"idempotency_key": "payment-7"}
    first = sessions.create(order(), options)
    press(first.url, "pay")
    assert sessions.create(order(), options).to_dict() == first.to_dict()
    with pytest.raises(stripe.IdempotencyError):
        sessions.create(order(amount=1300), options)
    assert len(server.all("checkout.session")) == 1


def test_two_requests_with_one_key_at_once_are_not_two_sessions(server):
    server.faults.plan("hang", times=1)
    sessions, options = client(server).v1.checkout.sessions, {"idempotency_key": "payment-7"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sessions.create, order(), options)
        wait_for(lambda: server.faults.seen)
        with pytest.raises(stripe.APIError) as conflict:
            while True:  # the first request may not have come as far as its key
                sessions.create(order(), options)
        server.faults.clear()
        assert conflict.value.http_status == 409
        assert first.result(30).status == "open"
    assert len(server.all("checkout.session")) == 1


def test_a_key_that_failed_validation_may_be_used_again(server):
    sessions, options = client(server).v1.checkout.sessions, {"idempotency_key": "payment-7"}
    with pytest.raises(stripe.InvalidRequestError):
        sessions.create(order(amount=1), options)
    assert sessions.create(order(), options).status == "open"


def test_nobody_is_let_in_with_a_wrong_key_or_sees_what_is_another_account_s(server):
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided"):
        client(server, "sk_test_something_else_than_it_is").v1.checkout.sessions.create(order())
    session = sell(server)
    with pytest.raises(stripe.InvalidRequestError, match="No such checkout.session"):
        client(server, OTHER_KEY).v1.checkout.sessions.retrieve(session.id)


def test_where_everybody_is_welcome_any_test_key_is_an_account(server):
    server.welcoming = True
    with pytest.raises(stripe.AuthenticationError):
        client(server, "sk_live_something_else").v1.checkout.sessions.create(order())
    session = client(server, "sk_test_something_else").v1.checkout.sessions.create(order())
    assert server.pay(session.id)["status"] == "complete"


def test_refunds_never_exceed_what_was_paid(server):
    _, intent = paid(server)
    refunds = client(server).v1.refunds
    assert refunds.create({"payment_intent": intent, "amount": 2000}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount on charge"):
        refunds.create({"payment_intent": intent, "amount": 501})
    assert refunds.create({"payment_intent": intent}).amount == 500
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_already_refunded"
    assert [one.amount for one in refunds.list({"payment_intent": intent}).data] == [500, 2000]


def test_ten_refunds_at_once_are_never_more_than_was_paid(server):
    _, intent = paid(server)

    def give_back(_):
        try:
            return client(server).v1.refunds.create({"payment_intent": intent, "amount": 1000}).amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(give_back, range(10))) == 2000


def test_a_refund_that_fails_leaves_the_money_to_be_given_back(server):
    _, intent = paid(server)
    server.api.refund_status = "pending"
    refund = client(server).v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    for _ in range(2):  # what has failed can't fail again
        server.settle(refund.id, "failed")
    found = client(server).v1.refunds.retrieve(refund.id)
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert client(server).v1.refunds.create({"payment_intent": intent}).amount == 2500
    assert kinds(server)[-3:] == ["refund.failed", "refund.created", "charge.refunded"]


def test_money_that_takes_days_completes_the_session_before_it_arrives(server):
    session = sell(server)
    server.pay(session.id, at_once=False)
    found = client(server).v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.payment_status, found.payment_intent.status) == ("complete", "unpaid", "processing")
    server.clear(session.id)
    assert client(server).v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert kinds(server)[-1] == "checkout.session.async_payment_succeeded"


def test_a_dispute_is_announced(server):
    _, intent = paid(server)
    assert server.dispute(intent)["amount"] == 2500
    assert kinds(server)[-1] == "charge.dispute.created"


def test_messages_are_signed_as_stripes_library_wants_them(server):
    paid(server)
    for message in server.messages():
        stripe.Webhook.construct_event(message.body, server.signature(message), SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(message.body + b" ", server.signature(message), SECRET)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(message.body, server.signature(message, at=time.time() - 400), SECRET)


def test_what_was_sold_outlives_a_restart(tmp_path):
    with stripe_server(tmp_path) as server:
        session = sell(server)
    with stripe_server(tmp_path) as server:
        assert client(server).v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.fixture
def listener() -> Iterator[ThreadingHTTPServer]:
    """Takes webhooks; its `answers` are given in turn, then 200."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], SECRET)
            self.server.heard.append(json.loads(body)["type"])
            self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.heard, found.answers = [], []
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def test_what_was_not_taken_is_sent_again(server, listener):
    server.accounts[KEY] = Endpoint(f"http://127.0.0.1:{listener.server_port}/hooks", SECRET)
    listener.answers = [500, 302]
    session = sell(server)
    press(session.url, "decline")
    wait_for(lambda: len(listener.heard) == 3)
    assert listener.heard == ["payment_intent.payment_failed"] * 3


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        ("down", stripe.APIError, 0),
        ("lost", stripe.APIConnectionError, 1),
        ("html", stripe.APIError, 1),
        ("cut", stripe.APIError, 1),
        ("empty", None, 1),
        ("types", None, 1),
    ],
)
def test_it_fails_as_it_is_told(server, fault, error, made):
    server.faults.plan(fault, on="POST /v1/checkout", times=1)
    if error:
        with pytest.raises(error):
            sell(server)
    else:
        assert sell(server).to_dict().get("status") != "open"
    assert len(server.all("checkout.session")) == made
    assert sell(server).status == "open"


def test_whoever_waits_no_longer_than_they_want_hears_nothing(server):
    server.faults.plan("hang", times=1)
    impatient = client(server, http_client=stripe.RequestsClient(timeout=0.3))
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.checkout.sessions.create(order())
    server.faults.clear()
    wait_for(lambda: server.all("checkout.session"))
