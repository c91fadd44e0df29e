"""Money beside money, over real connections. Each of these fails when the guard that it names is taken out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from core.errors import DomainError
from outbox.models import Message
from payments import operations
from payments.errors import NoChoice, TooMuchBack
from payments.models import Payment, Receipt, Refund
from payments.operations import books, refunding
from payments.receivers import pay_back_who_came_late
from payments.tests.carding import begun, work_off
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_hold
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def now():
    return timezone.now()


def kinds(outcomes) -> Counter:
    """How many outcomes of each kind: a row's status, or the class of what was raised."""
    return Counter(type(outcome).__name__ if isinstance(outcome, Exception) else outcome.status for outcome in outcomes)


def mistakes(outcomes) -> list[Exception]:
    """What was raised and is no refusal."""
    return [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, DomainError)]


def assert_all_adds_up() -> None:
    assert bookings.audit_inventory() == []
    assert operations.audit_money(now=now() + timedelta(hours=1)) == []


@pytest.fixture
def paid(cards):
    """`paid()` is a card payment that came in and made a booking."""

    def make(event=None, quantity: int = 1) -> Payment:
        payment = begun(basket(event or paid_event("card"), quantity))
        cards.pay(payment.provider_id)
        operations.check(payment_id=payment.pk, now=now())
        return Payment.objects.select_related("booking").get(pk=payment.pk)

    return make


def test_many_tabs_that_start_to_pay_are_one_payment_and_one_page(cards):
    """Guard: the booking's lock in `starting._write`; one_payment_at_a_time stands behind it."""
    booking = basket(paid_event("card"))
    outcomes = race([partial(operations.start, booking=booking, method="card", now=now())] * 8, threads=8)
    assert kinds(outcomes) == {"open": 8}
    assert len({payment.url for payment in outcomes}) == 1
    assert len(cards.all("checkout.session")) == Payment.objects.count() == 1


def test_two_methods_at_once_leave_one_under_way(cards):
    """Guard: the same."""
    booking = basket(paid_event("card", "transfer"))
    tabs = [partial(operations.start, booking=booking, method=method, now=now()) for method in ("card", "transfer")]
    assert mistakes(race(tabs * 3, threads=6)) == []
    work_off()
    [left] = Payment.objects.under_way()
    open_pages = [one["id"] for one in cards.all("checkout.session") if one["status"] == "open"]
    assert open_pages == ([left.provider_id] if left.method == "card" else [])


def test_webhooks_return_pages_and_sweeps_at_once_are_one_receipt_and_one_booking(cards):
    """Guard: the locks of the booking and its payments in `settling.settle`; money_comes_in_once stands behind it."""
    payment = begun()
    cards.pay(payment.provider_id)
    outcomes = race([partial(operations.check, payment_id=payment.pk, now=now())] * 16, threads=16)
    assert kinds(outcomes) == {"paid": 16}
    assert Receipt.objects.count() == 1
    assert Payment.objects.get().received == PRICE
    assert Message.objects.filter(fact="booking_confirmed").count() == 1
    assert Message.objects.filter(fact="payment_received").count() == 1
    assert_all_adds_up()


def test_transfers_booked_in_by_many_at_once_come_in_once_each(cards):
    """Guard: the same."""
    payment = under_way(basket(quantity=4))
    book_in = partial(operations.book_in, payment_id=payment.pk, amount=PRICE, by=None, now=now())
    outcomes = race([partial(book_in, reference=str(number % 4)) for number in range(16)], threads=16)
    assert mistakes(outcomes) == []
    assert Receipt.objects.count() == 4
    assert Payment.objects.get().received == 4 * PRICE
    assert again(payment.booking).status == "confirmed"
    assert_all_adds_up()


@pytest.mark.parametrize("end", [bookings.cancel, bookings.give_back])
def test_what_is_paid_while_it_is_given_back_is_booked_or_goes_back(cards, end):
    """Guard: the booking's lock in `settling.settle` and in `release`."""
    event = paid_event("card", capacity=50)
    payments = [begun(basket(event)) for _ in range(8)]
    runners = []
    for payment in payments:
        cards.pay(payment.provider_id)
        runners.append(partial(operations.check, payment_id=payment.pk, now=now()))
        runners.append(partial(end, booking=payment.booking, now=now()))
    assert mistakes(race(runners, threads=8)) == []
    work_off()
    operations.look_at_the_clock(now=now() + timedelta(days=3))
    work_off()
    assert_all_adds_up()
    for payment in Payment.objects.select_related("booking"):
        booked = payment.booking.status == Booking.Status.CONFIRMED
        assert (payment.received, payment.left) == (PRICE, PRICE if booked else 0)


def test_what_is_paid_while_its_basket_lapses_is_booked_or_has_a_choice_or_goes_back(cards):
    """Guard: the same; `release.expire` skips a basket that is being paid, and comes back for it."""
    event = paid_event("card", capacity=8)
    payments = [begun(basket(event)) for _ in range(8)]
    late = payments[-1].booking.hold_expires_at + timedelta(minutes=1)
    runners = []
    for payment in payments:
        cards.pay(payment.provider_id)
        runners.append(partial(operations.check, payment_id=payment.pk, now=now()))
        runners.append(partial(bookings.expire, booking=payment.booking, now=late))
    assert mistakes(race(runners, threads=8)) == []
    assert_all_adds_up()
    for payment in Payment.objects.select_related("booking"):
        choosing = payment.booking.rescues.open().exists()
        booked = payment.booking.status == Booking.Status.CONFIRMED
        assert (payment.received, payment.left, booked or choosing) == (PRICE, PRICE, True)


def test_late_money_and_a_rush_for_the_last_seat_sell_it_once(cards):
    """Guard: the lock of the house, in `decide` and in what gives late payers their seats."""
    event = paid_event("card", capacity=1)
    payment = begun(late := basket(event))
    cards.pay(payment.provider_id)
    bookings.expire(booking=late, now=late.hold_expires_at + timedelta(minutes=1))
    rush = [partial(make_hold, event) for _ in range(7)]
    settled = partial(operations.check, payment_id=payment.pk, now=now())
    assert mistakes(race([*rush, settled], threads=8)) == []
    assert Booking.objects.live().count() == 1
    assert again(late).status == "confirmed" or late.rescues.open().exists()
    assert_all_adds_up()


def test_refunds_of_the_rest_at_the_same_moment_give_it_back_once(paid):
    """Guard: the conditional UPDATE in `refunding.refund`; no_more_goes_back_than_came_in stands behind it."""
    payment = paid()
    by_hand = partial(refunding.refund, payment, PRICE, Refund.Kind.HAND, now())
    outcomes = race([by_hand] * 8, threads=8)
    assert kinds(outcomes) == {"due": 1, TooMuchBack.__name__: 7}
    payment.refresh_from_db()
    assert (Refund.objects.count(), payment.left) == (1, 0)


def test_parts_given_back_at_the_same_moment_never_exceed_the_whole(paid):
    """Guard: the same."""
    payment = paid()
    outcomes = race([partial(refunding.refund, payment, 500, Refund.Kind.HAND, now())] * 8, threads=8)
    assert kinds(outcomes) == {"due": 2, TooMuchBack.__name__: 6}


def test_settling_up_many_times_at_once_gives_back_once(paid):
    """Guard: the booking's lock in `refunding.settle_up`."""
    payment = paid()
    bookings.cancel(booking=payment.booking, now=now(), even_late=True)
    outcomes = race([partial(operations.settle_up, booking_id=payment.booking_id, now=now())] * 8, threads=8)
    assert sorted(map(len, outcomes)) == [0] * 7 + [1]  # nobody was refused either
    assert [refund.amount for refund in Refund.objects.all()] == [PRICE]
    assert_all_adds_up()


def test_a_refund_sent_by_many_workers_is_one_refund_at_the_provider(cards, paid):
    """Guard: the refund's id as idempotency key."""
    payment = paid()
    bookings.cancel(booking=payment.booking, now=now(), even_late=True)
    [refund] = operations.settle_up(booking_id=payment.booking_id, now=now())
    outcomes = race([partial(operations.send, refund_id=refund.pk, now=now())] * 6, threads=6)
    assert mistakes(outcomes) == []
    assert len(cards.all("refund")) == 1
    assert Refund.objects.get().status == "done"
    assert Message.objects.filter(fact="refund_done").count() == 1
    assert_all_adds_up()


def test_a_refund_by_hand_beside_a_cancellation_gives_back_no_more_than_came_in(paid):
    """Guard: the booking's lock, which both take before they look at what is left."""
    event = paid_event("card", capacity=50)
    payments = [paid(event, quantity=2) for _ in range(6)]
    runners = []
    for payment in payments:
        runners.append(partial(by_hand, payment.booking, 1000))
        runners.append(partial(cancelled_and_settled, payment.booking))
    assert mistakes(race(runners, threads=8)) == []
    for payment in Payment.objects.all():
        assert (payment.left, sum(refund.amount for refund in payment.refunds.all())) == (0, 2 * PRICE)
    assert_all_adds_up()


def by_hand(booking: Booking, amount: int) -> None:
    operations.refund_by_hand(booking_id=booking.pk, amount=amount, reason="Rain", by=booking.customer, now=now())


def cancelled_and_settled(booking: Booking) -> None:
    bookings.cancel(booking=booking, now=now(), even_late=True)
    operations.settle_up(booking_id=booking.pk, now=now())


def test_a_choice_made_in_two_tabs_is_made_once(cards):
    """Guard: the lock of the choice in `rescuing._open`, and the booking's before it."""
    event = paid_event("card", capacity=1)
    payment = begun(late := basket(event))
    cards.pay(payment.provider_id)
    bookings.expire(booking=late, now=late.hold_expires_at + timedelta(minutes=1))
    make_hold(event)
    operations.check(payment_id=payment.pk, now=now())
    assert late.rescues.get().status == "asked"
    tabs = [partial(operations.take_money_back, booking_id=late.pk, now=now())] * 6
    assert kinds(race(tabs, threads=6)) == {"refunded": 1, NoChoice.__name__: 5}
    assert [refund.amount for refund in Refund.objects.all()] == [PRICE]
    assert_all_adds_up()


def test_an_event_that_is_cancelled_while_late_payers_take_their_money_holds_nobody_up(cards):
    """Guard: all their bookings are locked before the first of them gives up its place in `pay_back_who_came_late`."""
    event = paid_event("card", capacity=3)
    late = [begun(basket(event)).booking for _ in range(3)]
    for booking in late:
        cards.pay(booking.payments.get().provider_id)
        bookings.expire(booking=booking, now=booking.hold_expires_at + timedelta(minutes=1))
    make_hold(event, quantity=3)
    for booking in late:
        operations.check_all(booking=booking, now=now())
        operations.wait_in_line(booking=booking, now=now())
    told = closing(partial(transaction.atomic(pay_back_who_came_late), event_id=str(event.pk)))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            books.lock(late[1].pk)
            done = pool.submit(told)
            wait_until_blocked()
            operations.take_money_back(booking_id=late[1].pk, now=now())
        done.result()
    assert Refund.objects.count() == 3
    assert_all_adds_up()
