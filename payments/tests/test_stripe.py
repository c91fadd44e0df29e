"""Card payments, through Stripe's own library and a server that speaks its protocol."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from core.sealed import seal
from events.operations import TicketTypeInput
from local.stripe import refunds
from payments import operations
from payments.errors import MethodNotOffered, PaymentRefused, ProviderAway
from payments.models import Payment, Receipt, Refund
from payments.operations import refunding
from payments.providers.protocol import ProviderDown
from payments.providers.stripe.session import LONGEST
from payments.tests.carding import (
    CREATE,
    EXPIRE,
    LOOK,
    REFUND,
    again,
    begun,
    own_account,
    refunded,
    to_check,
    work_off,
)
from payments.tests.paying import PRICE, basket, paid_event
from tests.factories import make_hold, make_user
from tests.stripe_server import KEY, press

pytestmark = pytest.mark.django_db


def check(payment: Payment) -> Payment:
    return operations.check(payment_id=payment.pk, now=timezone.now())


def paid(cards, **changes) -> Payment:
    payment = begun(**changes)
    cards.pay(payment.provider_id)
    check(payment)
    return again(payment)


def cancelled(payment: Payment) -> Refund:
    """The booking is cancelled, and its money is on its way back."""
    bookings.cancel(booking=payment.booking, now=timezone.now(), even_late=True)
    operations.settle_up(booking_id=payment.booking_id, now=timezone.now())
    return refunded(payment)


def test_the_page_that_is_opened_says_what_is_paid_for_and_by_whom(cards, settings):
    settings.STRIPE_STATEMENT = "Lantern* Nights ☾"
    event = paid_event("card", ticket_types=[TicketTypeInput(name="Floor", price=Decimal("12.50"))])
    customer = make_user()
    booking = make_hold(event, customer, 2)
    payment = begun(booking)
    session = cards.session(payment.provider_id)
    assert payment.url == f"{cards.url}/pay/{session['id']}"
    assert (session["amount_total"], session["currency"]) == (2 * PRICE, "eur")
    assert [(line["description"], line["quantity"]) for line in session["_lines"]] == [("Floor", 2)]
    assert session["customer_email"] == customer.email
    assert session["client_reference_id"] == session["metadata"]["payment"] == str(payment.pk)
    assert session["_intent"]["statement_descriptor_suffix"] == "Lantern Nights"
    assert session["success_url"] == f"http://testserver/bookings/{booking.pk}/paid"
    assert session["cancel_url"] == f"http://testserver/bookings/{booking.pk}/checkout"
    assert session["expires_at"] == int((payment.created_at + LONGEST).timestamp())


def test_what_is_paid_books_the_seats(cards):
    payment = begun()
    assert press(payment.url, "pay") == (303, f"http://testserver/bookings/{payment.booking_id}/paid")
    check(payment)
    payment = again(payment)
    assert (payment.status, payment.received, payment.booking.status) == ("paid", PRICE, "confirmed")
    receipt = Receipt.objects.get()
    assert (receipt.amount, receipt.currency, receipt.reference[:3]) == (PRICE, "EUR", "pi_")


def test_asking_again_and_again_receives_the_money_once(cards):
    payment = paid(cards)
    for _ in range(3):
        check(payment)
    assert Receipt.objects.count() == 1
    assert again(payment).received == PRICE


@pytest.mark.parametrize("button", ["decline", "fail", "abandon", "challenge"])
def test_what_is_not_paid_stays_open_to_be_tried_again(cards, button):
    payment = begun()
    press(payment.url, button)
    assert check(payment).status == "open"
    assert begun(payment.booking).url == payment.url
    assert len(cards.all("checkout.session")) == 1


def test_two_tabs_lead_to_one_page_that_is_paid_once(cards):
    booking = basket(paid_event("card"))
    assert begun(booking).url == begun(booking).url
    assert len(cards.all("checkout.session")) == Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_are_opened_at_once_lead_to_one_page(cards):
    booking = basket(paid_event("card"))

    def press_pay(_):
        try:
            return begun(Booking.objects.select_related("event__organizer", "customer").get(pk=booking.pk)).url
        except ProviderAway:  # told to try again: as good
            return begun(booking).url
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(press_pay, range(4)))
    assert len(urls) == len(cards.all("checkout.session")) == Payment.objects.count() == 1


def test_a_page_nobody_waits_for_is_ended_and_takes_no_money(cards):
    payment = begun()
    bookings.give_back(booking=payment.booking, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    work_off()
    assert cards.session(payment.provider_id)["status"] == "expired"
    press(payment.url, "pay")
    assert (again(payment).status, cards.all("charge")) == ("ended", [])


def test_what_was_paid_the_moment_before_it_was_ended_goes_back(cards):
    payment = begun()
    cards.pay(payment.provider_id)
    bookings.give_back(booking=payment.booking, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    work_off()
    assert refunded(payment).status == "done"
    assert [charge["amount_refunded"] for charge in cards.all("charge")] == [PRICE]


def test_money_that_takes_days_is_waited_for(cards):
    payment = begun()
    cards.pay(payment.provider_id, at_once=False)
    assert check(payment).status == "open"
    cards.clear(payment.provider_id)
    assert check(payment).status == "paid"


def test_money_that_never_arrives_ends_the_payment_with_a_reason(cards):
    payment = begun()
    cards.pay(payment.provider_id, at_once=False)
    cards.clear(payment.provider_id, arrived=False)
    assert check(payment).status == "failed"
    assert again(payment).note == "The payment did not go through."


@pytest.mark.parametrize(
    ("amount", "currency", "note"),
    [
        (PRICE - 1, "eur", "Asked for 12.50 EUR, paid 12.49 EUR."),
        (PRICE + 1, "eur", "Asked for 12.50 EUR, paid 12.51 EUR."),
        (PRICE, "usd", "Asked for 12.50 EUR, paid 12.50 USD."),
        (PRICE * 100, "isk", "Asked for 12.50 EUR, paid 1250 ISK."),
    ],
)
def test_money_other_than_was_asked_for_books_nothing_and_goes_back(cards, amount, currency, note):
    payment = begun()
    cards.change(payment.provider_id, amount_total=amount, currency=currency)
    cards.pay(payment.provider_id)
    check(payment)
    work_off()
    payment = again(payment)
    assert (payment.note, payment.booking.status == "confirmed") == (note, False)
    assert (refunded(payment).kind, refunded(payment).status) == ("wrong", "done")
    assert [charge["refunded"] for charge in cards.all("charge")] == [True]


def test_a_refund_goes_to_the_same_card_once(cards):
    refund = cancelled(paid(cards))
    work_off()
    operations.send(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    assert (refund.status, refund.provider_id[:3]) == ("done", "re_")
    assert [charge["amount_refunded"] for charge in cards.all("charge")] == [PRICE]


@pytest.mark.parametrize("fault", ["lost", "html", "cut", "empty", "types"])
def test_a_refund_whose_answer_was_not_understood_is_sent_once(cards, fault):
    refund = cancelled(paid(cards))
    cards.faults.plan(fault, on=REFUND, times=20)
    with pytest.raises(ProviderDown):
        operations.send(refund_id=refund.pk, now=timezone.now())
    cards.faults.clear()
    assert operations.send(refund_id=refund.pk, now=timezone.now()).status == "done"
    assert len(cards.all("refund")) == 1


def test_a_refund_whose_key_stripe_has_forgotten_is_looked_for_first(cards):
    refund = cancelled(paid(cards))
    cards.faults.plan("lost", on=REFUND, times=20)
    with pytest.raises(ProviderDown):
        operations.send(refund_id=refund.pk, now=timezone.now())
    cards.faults.clear()
    with cards.store.connected() as store:
        store.execute("DELETE FROM answer")
    Refund.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert operations.send(refund_id=refund.pk, now=timezone.now()).status == "done"
    assert len(cards.all("refund")) == 1


def test_a_refund_that_was_given_up_unheard_and_is_sent_anew_is_one(cards):
    refund = cancelled(paid(cards))
    cards.faults.plan("lost", on=REFUND, times=20)
    with pytest.raises(ProviderDown):
        operations.send(refund_id=refund.pk, now=timezone.now())
    refunding.give_up(refund_id=refund.pk, reason="Away for two days.", now=timezone.now())
    cards.faults.clear()
    operations.send_anew(refund_id=refund.pk, by=refund.payment.booking.customer, now=timezone.now())
    assert operations.send(refund_id=refund.pk, now=timezone.now()).status == "done"
    assert len(cards.all("refund")) == 1


def test_a_refund_that_the_bank_sent_back_is_made_anew(cards):
    refund = cancelled(paid(cards))
    refund = operations.send(refund_id=refund.pk, now=timezone.now())
    cards.settle(refund.provider_id, "failed")
    operations.check_refund(refund_id=refund.pk, now=timezone.now())
    operations.send_anew(refund_id=refund.pk, by=refund.payment.booking.customer, now=timezone.now())
    assert operations.send(refund_id=refund.pk, now=timezone.now()).status == "done"
    assert [one["status"] for one in cards.all("refund")] == ["failed", "succeeded"]


def test_a_refund_that_was_made_though_stripe_says_it_failed_is_found(cards):
    refund = cancelled(paid(cards))
    cards.faults.plan("broken", on=REFUND)
    assert operations.send(refund_id=refund.pk, now=timezone.now()).status == "done"
    assert len(cards.all("refund")) == 1


def test_a_refund_that_stripe_failed_over_and_did_not_make_fails(cards):
    refund = cancelled(paid(cards))
    cards.faults.plan("broken", on=REFUND)
    cards.faults.plan("empty", on="GET /v1/refunds")
    with pytest.raises(ProviderDown):  # nobody knows yet
        operations.send(refund_id=refund.pk, now=timezone.now())
    [made] = cards.all("refund")
    cards.change(made["id"], metadata={})
    cards.faults.clear()
    refund = operations.send(refund_id=refund.pk, now=timezone.now())
    assert (refund.status, refund.error) == ("failed", "Stripe had an error of its own. Please try again.")


def test_a_refund_of_what_was_paid_back_elsewhere_fails_and_says_why(cards):
    payment = paid(cards)
    intent = Receipt.objects.get().reference
    with cards.store.work(cards.account(KEY)) as work:
        refunds.create(work, {"payment_intent": intent}, "succeeded")
    refund = operations.send(refund_id=cancelled(payment).pk, now=timezone.now())
    assert (refund.status, refund.error) == ("failed", "it has been paid back before.")


@pytest.mark.parametrize(("becomes", "status"), [("succeeded", "done"), ("failed", "failed")])
def test_a_refund_on_its_way_is_followed_to_its_end(cards, becomes, status):
    cards.api.refund_status = "pending"
    refund = cancelled(paid(cards))
    refund = operations.send(refund_id=refund.pk, now=timezone.now())
    assert refund.status == "sent"
    cards.settle(refund.provider_id, becomes)
    assert operations.check_refund(refund_id=refund.pk, now=timezone.now()).status == status


@pytest.mark.parametrize("fault", ["down", "lost", "html", "cut", "empty", "types", "hang"])
def test_a_provider_that_can_not_be_reached_is_tried_again_and_nothing_is_begun_twice(cards, fault, impatient):
    booking = basket(paid_event("card"))
    cards.faults.plan(fault, on=CREATE, times=20)
    with pytest.raises(ProviderAway, match="Nothing was charged, and your seats stay held for you"):
        begun(booking)
    cards.faults.clear()
    payment = begun(booking)
    assert (payment.status, booking.is_held(timezone.now())) == ("open", True)
    assert len(cards.all("checkout.session")) == Payment.objects.count() == 1


@pytest.mark.parametrize("fault", ["down", "lost", "html", "cut", "empty", "types", "hang"])
def test_a_provider_that_can_not_be_asked_changes_nothing(cards, fault, impatient):
    payment = begun()
    cards.pay(payment.provider_id)
    cards.faults.plan(fault, on=LOOK, times=20)
    with pytest.raises(ProviderDown):
        check(payment)
    assert (again(payment).status, again(payment).booking.status) == ("open", "pending")
    cards.faults.clear()
    assert check(payment).status == "paid"


@pytest.mark.parametrize("fault", ["down", "lost", "html", "empty", "types"])
def test_a_page_that_could_not_be_ended_is_ended_later(cards, fault):
    payment = begun()
    bookings.give_back(booking=payment.booking, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    cards.faults.plan(fault, on=EXPIRE, times=20)
    with pytest.raises(ProviderDown):
        check(payment)
    cards.faults.clear()
    check(payment)
    assert cards.session(payment.provider_id)["status"] == "expired"


def test_a_moment_s_fault_is_not_noticed(cards):
    cards.faults.plan("down", on=CREATE, times=1)
    assert begun().status == "open"


def test_a_price_too_low_for_cards_is_refused_in_plain_words(cards):
    with pytest.raises(PaymentRefused) as refusal:
        begun(ticket_types=[TicketTypeInput(name="Seat", price=Decimal("0.30"))])
    assert str(refusal.value) == "This can't be paid by card: the amount is below what cards can be charged."
    assert Payment.objects.get().status == "failed"


def test_what_was_begun_in_other_words_is_begun_anew(cards):
    """The answer to the first was lost, and its address is nobody's: it can't be paid."""
    booking = basket(paid_event("card"))
    cards.faults.plan("lost", on=CREATE, times=20)
    with pytest.raises(ProviderAway):
        begun(booking)
    cards.faults.clear()
    booking.event.title = "Another title"
    booking.event.save()
    with pytest.raises(PaymentRefused, match="it was begun with other details. Please try again."):
        begun(booking)
    assert begun(booking).status == "open"
    assert Payment.objects.under_way().count() == 1


def test_a_page_that_stripe_could_not_open_is_given_up_and_the_next_press_opens_another(cards):
    """It would repeat its error for as long as it keeps the key."""
    booking = basket(paid_event("card"))
    cards.faults.plan("broken", on=CREATE, times=1)
    with pytest.raises(PaymentRefused, match="Stripe had an error of its own. Please try again."):
        begun(booking)
    assert begun(booking).status == "open"
    assert Payment.objects.under_way().count() == 1


def test_an_address_that_stripe_does_not_know_for_one_is_typed_in_there(cards):
    booking = make_hold(paid_event("card"), make_user(email="ada@[127.0.0.1]"))
    payment = begun(booking)
    assert cards.session(payment.provider_id)["customer_email"] is None


def test_a_statement_that_stripe_does_not_take_is_left_out(cards, settings, monkeypatch):
    monkeypatch.setattr("local.stripe.sessions.LONGEST_SUFFIX", 10)  # an account with a long name of its own
    settings.STRIPE_STATEMENT = "Lantern Nights"
    booking = make_hold(paid_event("card"), make_user(email="ada@[127.0.0.1]"))
    session = cards.session(begun(booking).provider_id)
    assert "statement_descriptor_suffix" not in session["_intent"]
    assert session["customer_email"] is None


def test_a_team_with_keys_of_its_own_is_paid_there(cards):
    event = paid_event("card")
    account = own_account(event)
    payment = begun(basket(event))
    assert payment.account == account
    press(payment.url, "pay")
    assert check(payment).status == "paid"
    account.stripe_key = ""
    account.save()
    assert begun(basket(event)).account is None


def test_a_key_that_was_taken_away_is_a_provider_that_is_away(cards, settings):
    payment = begun()
    settings.STRIPE_SECRET_KEY = "sk_test_another_one_altogether"
    with pytest.raises(ProviderDown, match="AuthenticationError 401"):
        check(payment)
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(ProviderDown, match="no key"):
        check(payment)
    assert again(payment).status == "open"


def test_a_live_key_of_a_team_is_told_to_nobody_but_stripe(cards):
    event = paid_event("card")
    account = own_account(event)
    account.stripe_key = seal("sk_live_of_a_team")
    account.save()
    with pytest.raises(ProviderAway):
        begun(basket(event))
    assert cards.faults.seen == []


def test_without_any_key_nobody_is_offered_to_pay_by_card():
    with pytest.raises(MethodNotOffered):
        begun()


def test_an_address_that_is_not_secure_is_not_passed_on(cards, settings):
    settings.STRIPE_PAGES_URL = "https://pay.example.org"
    with pytest.raises(ProviderAway):
        begun()
    assert Payment.objects.get().url == ""


def test_while_the_provider_is_away_questions_do_not_pile_up(cards, impatient):
    """The sweep asks again by itself; what a webhook or an ended basket asks is kept until it is answered."""
    payment = begun()
    cards.faults.plan("down", on=LOOK, times=100)
    for _ in range(3):
        operations.look_at_the_clock(now=again(payment).check_at)
        work_off()
    assert to_check() == 0
    bookings.give_back(booking=payment.booking, now=timezone.now())
    cards.faults.plan("down", on=EXPIRE, times=100)
    operations.look_at_the_clock(now=timezone.now())
    work_off()
    assert to_check() == 1
