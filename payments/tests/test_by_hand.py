"""Money that people book in, give back, and move."""

from datetime import date

import pytest
from django.utils import timezone

from bookings import operations as bookings
from core.errors import Invalid
from outbox.models import Message
from payments import operations
from payments.errors import BookedInBefore, NotDueByHand, NothingToPay, NotRefundable, TooMuchBack
from payments.models import MoneyAct, Payment, Receipt, Refund
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_booking, make_user
from tests.racing import race

pytestmark = pytest.mark.django_db


def take_in(booking, amount=PRICE, reference="B1", **more):
    more.setdefault("by", make_user("Olga"))
    return operations.take_in(booking_id=booking.pk, amount=amount, reference=reference, now=timezone.now(), **more)


def refund(booking, amount, reason="Broken seat", by=None):
    return operations.refund_by_hand(
        booking_id=booking.pk, amount=amount, reason=reason, by=by or make_user("Olga"), now=timezone.now()
    )


def paid_booking(quantity: int = 1, **changes):
    booking = basket(paid_event(**changes), quantity)
    under_way(booking)
    take_in(booking, PRICE * quantity, "paid")
    return again(booking)


def test_a_receipt_says_who_booked_it_in_when_it_came_and_why():
    booking = basket()
    under_way(booking)
    olga = make_user("Olga")
    take_in(booking, by=olga, note="By her mother", dated=date(2026, 5, 4))
    receipt = Receipt.objects.get()
    assert (receipt.by, receipt.note, receipt.dated) == (olga, "By her mother", date(2026, 5, 4))
    assert again(booking).paid_by == "money"


def test_the_same_reference_is_booked_in_once_and_said_to_be():
    booking = basket()
    under_way(booking)
    take_in(booking, 500)
    with pytest.raises(BookedInBefore, match="€5.00 under “B1” was booked in before"):
        take_in(booking, 700)
    assert Payment.objects.get().received == 500


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1])
def test_amounts_that_make_no_sense_are_refused(amount):
    booking = basket()
    under_way(booking)
    with pytest.raises(Invalid):
        take_in(booking, amount)
    assert not Receipt.objects.exists()


def test_paid_at_the_door_is_a_payment_from_then_on():
    booking = make_booking(paid_event("door"), make_user())
    take_in(booking, 1000, "cash 1")
    assert again(booking).paid_by == "door"
    take_in(booking, 250, "cash 2")
    payment = Payment.objects.get()
    assert (payment.method, payment.status, payment.received) == ("door", "paid", PRICE)
    assert again(booking).paid_by == "money"


def test_nothing_is_booked_in_where_nothing_is_paid_by_hand():
    for booking in (basket(), make_booking()):
        with pytest.raises(NothingToPay):
            take_in(booking)
    assert not Payment.objects.exists()


def test_money_that_came_late_still_finds_its_booking():
    booking = basket()
    payment = under_way(booking)
    bookings.give_back(booking=booking, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    take_in(booking)
    payment.refresh_from_db()
    assert (payment.received, payment.refunded) == (PRICE, PRICE)


def test_a_refund_by_hand_leaves_the_booking_as_it_is():
    booking = paid_booking()
    olga = make_user("Olga")
    refund(booking, 250, by=olga)
    made = Refund.objects.get()
    assert (made.amount, made.kind, made.reason, made.by) == (250, "hand", "Broken seat", olga)
    assert (again(booking).status, again(booking).adjustment) == ("confirmed", -250)
    operations.settle_up(booking_id=booking.pk, now=timezone.now())
    assert Refund.objects.count() == 1


def test_no_more_is_given_back_by_hand_than_is_left():
    booking = paid_booking()
    refund(booking, PRICE - 100)
    with pytest.raises(TooMuchBack) as refusal:
        refund(booking, 101)
    assert refusal.value.extra["available"] == "1.00"
    assert again(booking).adjustment == -(PRICE - 100)
    with pytest.raises(Invalid):
        refund(booking, 0)


def test_after_a_cancellation_only_what_was_kept_can_be_given_back():
    booking = paid_booking()
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    with pytest.raises(TooMuchBack, match="Nothing"):
        refund(booking, 1)
    assert again(booking).adjustment == 0


def test_while_a_basket_waits_for_the_rest_nothing_is_given_back_by_hand():
    booking = basket()
    under_way(booking)
    take_in(booking, 500)
    with pytest.raises(NotRefundable):
        refund(booking, 500)
    assert not Refund.objects.exists()


def test_a_refund_that_people_move_waits_until_one_says_so():
    booking = paid_booking()
    (made,) = refund(booking, 250)
    olga = make_user("Olga")
    operations.mark_paid_back(refund_id=made.pk, note="Cash", by=olga, now=timezone.now())
    made.refresh_from_db()
    assert (made.status, made.by_hand) == ("done", True)
    act = MoneyAct.objects.get()
    assert (act.kind, act.refund, act.by, act.note) == ("paid_back", made, olga, "Cash")
    assert Message.objects.filter(fact="refund_done").count() == 1
    with pytest.raises(NotDueByHand):
        operations.mark_paid_back(refund_id=made.pk, note="", by=olga, now=timezone.now())
    assert MoneyAct.objects.count() == 1


def test_what_people_move_is_not_sent_anew():
    (made,) = refund(paid_booking(), 250)
    with pytest.raises(NotDueByHand):
        operations.send_anew(refund_id=made.pk, by=make_user(), now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_refunds_by_hand_that_race_a_cancellation_give_no_more_back_than_was_paid():
    booking = paid_booking()
    olga = make_user("Olga")

    def part():
        refund(booking, 900, by=olga)

    def whole():
        bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
        operations.settle_up(booking_id=booking.pk, now=timezone.now())

    race([part, part, whole, part], threads=4)
    operations.settle_up(booking_id=booking.pk, now=timezone.now())
    assert sum(made.amount for made in Refund.objects.all()) == PRICE
    assert Payment.objects.get().refunded == PRICE


@pytest.mark.django_db(transaction=True)
def test_refunds_by_hand_at_once_are_all_counted():
    booking = paid_booking()
    olga = make_user("Olga")
    race([lambda: refund(booking, 400, by=olga)] * 4, threads=4)
    assert Payment.objects.get().refunded == 1200
    assert again(booking).adjustment == -1200
    assert operations.audit_money(now=timezone.now()) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_book_the_same_money_in_book_it_in_once():
    booking = basket()
    under_way(booking)
    olga = make_user("Olga")
    results = race([lambda: take_in(booking, by=olga)] * 4, threads=4)
    assert Receipt.objects.count() == 1
    assert sum(isinstance(one, BookedInBefore) for one in results) == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_take_cash_at_the_door_begin_one_payment():
    booking = make_booking(paid_event("door"), make_user())
    olga = make_user("Olga")
    race([lambda number=number: take_in(booking, 100, f"cash {number}", by=olga) for number in range(4)], threads=4)
    assert Payment.objects.get().received == 400
