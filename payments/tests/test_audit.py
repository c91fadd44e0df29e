from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from outbox.models import Message
from payments import operations
from payments.models import Payment, Receipt, Refund, Rescue
from payments.tasks import audit_money
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.factories import make_booking

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    """Once everybody has had their time."""
    return operations.audit_money(now=timezone.now() + timedelta(hours=1))


def booked_in(amount: int = PRICE, event=None) -> Payment:
    payment = under_way(basket(event))
    operations.book_in(payment_id=payment.pk, amount=amount, reference="1", by=None, now=timezone.now())
    payment.refresh_from_db()
    return payment


def given_back(payment: Payment) -> Refund:
    bookings.cancel(booking=payment.booking, now=timezone.now(), even_late=True)
    operations.settle_up(booking_id=payment.booking_id, now=timezone.now())
    return Refund.objects.get(payment=payment)


def as_if_by_card(payment: Payment, **more) -> None:
    Payment.objects.filter(pk=payment.pk).update(provider="stripe", **more)


def waiting_for_a_choice() -> Rescue:
    event = paid_event(capacity=1)
    payment = under_way(booking := basket(event))
    bookings.expire(booking=booking, now=timezone.now() + timedelta(days=30))
    make_booking(event)
    operations.book_in(payment_id=payment.pk, amount=PRICE, reference="1", by=None, now=timezone.now())
    return booking.rescues.get()


def test_what_is_legitimately_under_way_adds_up():
    under_way()
    booked_in(PRICE - 1)  # a part of a transfer
    booked_in(PRICE)
    booked_in(PRICE + 100)
    given_back(booked_in(PRICE))
    make_booking(paid_event("door"))  # a promise, with nothing received
    waiting_for_a_choice()
    assert operations.audit_money(now=timezone.now()) == []


def receipts_are_lost(payment):
    Receipt.objects.filter(payment=payment).delete()


def a_refund_is_lost(payment):
    given_back(payment).delete()


def a_receipt_is_in_another_currency(payment):
    Receipt.objects.filter(payment=payment).update(currency="USD")


def money_in_another_currency_is_kept(payment):
    Receipt.objects.filter(payment=payment).update(currency="USD")
    Payment.objects.filter(pk=payment.pk).update(currency="USD")


def more_goes_back_than_should(payment):
    Refund.objects.create(payment=payment, amount=1, kind="hand")
    Payment.objects.filter(pk=payment.pk).update(refunded=1)


def a_paid_basket_is_not_booked(payment):
    Booking.objects.filter(pk=payment.booking_id).update(status="pending")


def a_fee_is_given_back_too(payment):
    given_back(payment)
    Booking.objects.filter(pk=payment.booking_id).update(adjustment=300)


def a_refund_is_never_sent(payment):
    given_back(payment)
    as_if_by_card(payment)


def a_refund_is_forgotten_on_its_way(payment):
    given_back(payment)
    Refund.objects.update(status="sent")


def a_payment_is_forgotten_on_its_way(payment):
    as_if_by_card(payment, status="open", check_at=None)


def a_surplus_stays(payment):
    Message.objects.update(status="done")  # there is nothing more to come
    Booking.objects.filter(pk=payment.booking_id).update(total=F("total") - 1)


def a_payment_outlives_its_basket(payment):
    Payment.objects.filter(pk=payment.pk).update(status="open", check_at=timezone.now())


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (receipts_are_lost, "Payment {id} has received 1250, and its receipts add up to 0 EUR."),
        (a_refund_is_lost, "Payment {id} has refunded 1250, and its refunds add up to 0 EUR."),
        (more_goes_back_than_should, "Booking {reference} is confirmed as paid and holds 1249 of 1250 EUR."),
        (a_paid_basket_is_not_booked, "Booking {reference} holds 1250 of 1250 EUR, and is still a basket."),
        (a_fee_is_given_back_too, "Booking {reference} is cancelled and was to keep 300 EUR, and holds 0."),
        (a_refund_is_never_sent, "Refund {refund} of 1250 is due, and nothing will send it."),
        (
            a_refund_is_forgotten_on_its_way,
            "Refund {refund} of 1250 is on its way, and nobody will ask what became of it.",
        ),
        (a_surplus_stays, "Booking {reference} is confirmed and holds 1250 EUR, though it may keep 1249."),
        (a_payment_outlives_its_basket, "Payment {id} is under way for booking {reference}, which is confirmed."),
    ],
)
def test_whatever_does_not_add_up_is_named(break_it, sentence):
    payment = booked_in()
    break_it(payment)
    refund = Refund.objects.first()
    names = {"id": payment.pk, "reference": payment.booking.reference, "refund": refund and refund.pk}
    assert found() == [sentence.format(**names)]


def test_money_that_is_in_two_currencies_is_named():
    a_receipt_is_in_another_currency(payment := booked_in())
    assert found() == [f"Receipt {Receipt.objects.get().pk} is in USD, and its payment in EUR."]
    money_in_another_currency_is_kept(payment)
    reference = payment.booking.reference
    assert found() == [
        f"Payment {payment.pk} keeps 1250 USD for booking {reference}, which is in EUR.",
        f"Booking {reference} is confirmed as paid and holds 0 of 1250 EUR.",
    ]


def test_a_payment_that_nobody_will_ask_about_is_named():
    a_payment_is_forgotten_on_its_way(payment := under_way())
    assert found() == [f"Payment {payment.pk} is under way, and nobody will ask what became of it."]


def test_a_choice_that_nobody_ends_is_named():
    rescue = waiting_for_a_choice()
    late = operations.audit_money(now=rescue.decide_by + timedelta(hours=1))
    until = f"{rescue.decide_by:%Y-%m-%d %H:%M}"
    assert late == [f"The choice of booking {rescue.booking.reference} was to be made by {until}."]


def test_a_choice_whose_money_is_gone_is_named():
    rescue = waiting_for_a_choice()
    Refund.objects.create(payment=Payment.objects.get(), amount=PRICE, kind="hand")
    Payment.objects.update(refunded=PRICE)
    assert found() == [f"Booking {rescue.booking.reference} has a choice to make, and holds 0 of 1250 EUR."]


def test_what_follows_from_a_cancellation_has_as_long_as_it_waits_in_the_outbox():
    payment = booked_in()
    bookings.cancel(booking=payment.booking, now=timezone.now(), even_late=True)
    assert found() == []


def test_a_part_of_the_price_goes_back_though_its_payment_was_over_before_the_basket_was():
    payment = booked_in(500)
    Payment.objects.update(status="ended")  # another method was chosen, and ended too
    bookings.give_back(booking=payment.booking, now=timezone.now())
    assert found() == [f"Booking {payment.booking.reference} is cancelled and holds 500 EUR, though it may keep 0."]
    operations.look_at_the_clock(now=timezone.now())
    assert [refund.amount for refund in Refund.objects.all()] == [500]
    assert found() == []


def test_the_command_and_the_nightly_task_say_what_they_find(caplog):
    call_command("audit_money", stdout=(told := StringIO()))
    assert told.getvalue() == "All money adds up.\n"
    receipts_are_lost(payment := booked_in())
    with pytest.raises(CommandError, match="1 things do not add up"):
        call_command("audit_money", stderr=(told := StringIO()))
    assert str(payment.pk) in told.getvalue()
    audit_money()
    assert "money_discrepancy" in caplog.text
