import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import HoldLapsed
from outbox.models import Message
from payments import operations
from payments.errors import MethodNotOffered, NothingToPay, TooMuchBack
from payments.models import Payment, Receipt, Refund
from payments.operations import refunding
from payments.providers.protocol import Standing, Status
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db


def book_in(payment, amount, reference="1", **more):
    return operations.book_in(
        payment_id=payment.pk, amount=amount, reference=reference, by=None, now=timezone.now(), **more
    )


def test_a_payment_is_written_before_its_money_comes():
    payment = under_way(booking := basket(quantity=2))
    assert (payment.status, payment.amount, payment.currency) == ("open", 2 * PRICE, "EUR")
    assert again(booking).status == "pending"


def test_the_whole_price_confirms_the_booking():
    booking = basket()
    book_in(under_way(booking), PRICE)
    booking = again(booking)
    assert (booking.status, booking.paid_by) == ("confirmed", "money")
    assert Message.objects.filter(fact="booking_confirmed").count() == 1
    assert bookings.audit_inventory() == []


def test_a_part_of_the_price_confirms_nothing_and_the_rest_does():
    booking = basket()
    payment = under_way(booking)
    book_in(payment, PRICE - 1, "first")
    assert again(booking).status == "pending"
    book_in(payment, 1, "second")
    assert again(booking).status == "confirmed"
    assert Payment.objects.get().received == PRICE


def test_money_under_one_reference_comes_in_once():
    payment = under_way()
    assert book_in(payment, 500, "again")
    assert book_in(payment, 500, "again") is None
    assert Payment.objects.get().received == 500
    assert Receipt.objects.count() == 1


def test_what_is_beyond_the_price_goes_back():
    booking = basket()
    book_in(under_way(booking), PRICE + 250)
    refund = Refund.objects.get()
    assert (refund.amount, refund.kind, refund.status) == (250, "surplus", "due")
    assert again(booking).status == "confirmed"


def test_what_came_for_a_basket_that_was_given_back_goes_back():
    booking = basket()
    payment = under_way(booking)
    book_in(payment, 500)
    bookings.give_back(booking=booking, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    payment.refresh_from_db()
    assert (payment.status, payment.refunded) == ("ended", 500)


def test_pressing_twice_starts_one_payment():
    booking = basket()
    assert under_way(booking).pk == under_way(booking).pk
    assert Payment.objects.count() == 1


def test_a_method_that_is_not_offered_is_refused():
    booking = basket(paid_event("transfer", "door"))
    with pytest.raises(MethodNotOffered) as refusal:
        operations.start(booking=booking, method="card", now=timezone.now())
    assert refusal.value.extra["offered"] == ["transfer", "door"]
    assert not Payment.objects.exists()


def test_a_basket_that_has_lapsed_or_is_booked_is_not_paid():
    booking = basket(paid_event("transfer", "door"))
    with pytest.raises(HoldLapsed):
        operations.start(booking=booking, method="transfer", now=booking.hold_expires_at)
    bookings.confirm(booking=booking, now=timezone.now())
    with pytest.raises(NothingToPay):
        operations.start(booking=booking, method="transfer", now=timezone.now())
    assert not Payment.objects.exists()


def test_the_door_confirms_on_a_promise_and_ends_what_was_under_way():
    booking = basket(paid_event("transfer", "door"))
    payment = under_way(booking)
    operations.pay(booking=booking, method="door", now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    payment.refresh_from_db()
    assert (again(booking).paid_by, payment.status) == ("door", "ended")


def test_cancelling_what_was_paid_gives_it_back_once():
    booking = basket(paid_event(cancellation_hours=0))
    book_in(under_way(booking), PRICE)
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    for _ in range(2):
        operations.settle_up(booking_id=booking.pk, now=timezone.now())
    assert [(refund.amount, refund.kind) for refund in Refund.objects.all()] == [(PRICE, "cancelled")]


def test_no_more_goes_back_than_came_in():
    payment = under_way()
    book_in(payment, 500)
    payment.refresh_from_db()
    with pytest.raises(TooMuchBack) as refusal:
        refunding.refund(payment, 501, Refund.Kind.HAND, timezone.now())
    assert refusal.value.extra["available"] == "5.00"
    with pytest.raises(IntegrityError, match="no_more_goes_back_than_came_in"), transaction.atomic():
        Payment.objects.update(refunded=F("received") + 1)
    assert not Refund.objects.exists()


def test_money_at_the_door_makes_a_promise_good():
    event = paid_event("door")
    booking = make_booking(event, make_user())
    payment = Payment.objects.create(
        booking=booking, method="door", provider="door", amount=booking.total, currency="EUR", status="open"
    )
    book_in(payment, PRICE)
    assert again(booking).paid_by == "money"


@pytest.mark.parametrize(
    ("amount", "currency"), [(PRICE - 1, "EUR"), (PRICE + 1, "EUR"), (PRICE, "JPY"), (9999, "JPY")]
)
def test_a_payment_of_something_else_goes_back_and_another_may_be_begun(amount, currency):
    payment = under_way(booking := basket())
    paid = Status(Standing.PAID, "1", amount, currency, "money-1")
    for _ in range(2):
        operations.settle(payment_id=payment.pk, status=paid, now=timezone.now())
    payment.refresh_from_db()
    assert (payment.status, payment.received, payment.refunded) == ("failed", amount, amount)
    assert [(refund.amount, refund.kind) for refund in Refund.objects.all()] == [(amount, "wrong")]
    assert again(booking).status == "pending"
    assert under_way(booking).pk != payment.pk
    assert operations.audit_money(now=timezone.now()) == []
