"""Baskets and money beside each other, over real connections."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from bookings import operations
from bookings.models import Booking, BookingLine
from bookings.operations import Request
from events.models import Movement
from events.operations import TicketTypeInput
from outbox.models import Message
from tests.factories import make_booking, make_event, make_user
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def paid_event(**changes):
    return make_event(payment_methods=["card"], ticket_types=[TicketTypeInput("Seat", price=Decimal(10))], **changes)


def booker(event):
    request = Request(event.pk, quantity=1)
    return partial(operations.book, request=request, customer_id=make_user().pk, now=timezone.now())


def live(event):
    return Booking.objects.live().filter(event=event)


def adds_up():
    return operations.audit_inventory() == []


def test_late_money_and_a_rush_for_the_last_seat_never_both_have_it():
    for _ in range(3):
        event = paid_event(capacity=1)
        late = make_booking(event)
        now = late.hold_expires_at
        operations.expire(booking=late, now=now)
        again = partial(operations.reclaim, booking=late, now=now)
        outcomes = race([booker(event), again, booker(event), again, booker(event)], threads=5)
        assert live(event).count() == 1
        assert [outcomes[1], outcomes[3]].count(True) == live(event).filter(pk=late.pk).count()
        assert not [one for one in outcomes if isinstance(one, Exception) and "sold out" not in str(one).lower()]
        assert adds_up()


def test_two_who_paid_late_for_the_last_seat_do_not_both_have_it():
    event = paid_event(capacity=1)
    late = []
    for _ in range(4):
        late.append(make_booking(event))
        operations.expire(booking=late[-1], now=late[-1].hold_expires_at)
    outcomes = race([partial(operations.reclaim, booking=one, now=timezone.now()) for one in late], threads=4)
    assert sorted(outcomes) == [False, False, False, True]
    assert live(event).seats() == 1 and adds_up()


def test_more_time_the_end_of_time_and_money_at_once_end_one_way():
    event = paid_event(capacity=6)
    for _ in range(6):
        basket = make_booking(event)
        end = basket.hold_expires_at
        calls = [
            partial(operations.extend, booking=basket, now=end - timedelta(seconds=1)),
            partial(operations.expire, booking=basket, now=end),
            partial(operations.confirm_paid, booking=basket, now=end),
        ]
        _, expired, confirmed = race(calls, threads=3)
        assert (expired, confirmed) in ((True, False), (False, True))
        assert Booking.objects.get(pk=basket.pk).status == ("expired" if expired else "confirmed")
        assert adds_up()


def test_a_ticket_cancelled_by_many_at_once_comes_back_once():
    event = paid_event(capacity=4)
    booking = make_booking(event, quantity=4)
    operations.confirm_paid(booking=booking, now=timezone.now())
    line = BookingLine.objects.get(booking=booking)
    some = [partial(operations.cancel_seats, booking=booking, numbers={line.pk: [number]}, now=timezone.now())
            for number in (1, 1, 2, 2, 3, 3)]  # fmt: skip
    outcomes = race(some, threads=6)
    assert sum(isinstance(one, Booking) for one in outcomes) == 3
    booking.refresh_from_db()
    assert (booking.status, booking.quantity, booking.total, booking.adjustment) == ("confirmed", 1, 1000, 0)
    assert adds_up()


def test_all_and_some_of_a_booking_cancelled_at_once_give_back_each_seat_once():
    event = paid_event(capacity=3)
    booking = make_booking(event, quantity=3)
    operations.confirm_paid(booking=booking, now=timezone.now())
    line = BookingLine.objects.get(booking=booking)
    one_of = partial(operations.cancel_seats, booking=booking, numbers={line.pk: [1]}, now=timezone.now())
    race([one_of, partial(operations.cancel, booking=booking, now=timezone.now()), one_of], threads=3)
    assert Booking.objects.get(pk=booking.pk).status == "cancelled"
    gone = Movement.objects.filter(booking_id=booking.pk, reason="cancelled")
    assert sum(one.change for one in gone) == -3
    assert Message.objects.filter(fact="booking_cancelled").count() == 1
    assert adds_up()


def test_who_waits_first_has_the_seat_or_the_refund_never_both():
    for _ in range(3):
        event = paid_event(capacity=1)
        late = make_booking(event)
        operations.expire(booking=late, now=late.hold_expires_at)
        holder = make_booking(event)
        entry = operations.wait_first(booking=late, now=timezone.now())
        operations.give_back(booking=holder, now=timezone.now())
        calls = [
            partial(operations.revive, entry=entry, now=timezone.now()),
            partial(operations.give_up_first, booking=late, now=timezone.now()),
        ]
        revived, given_up = race(calls, threads=2)
        assert isinstance(revived, Booking) != given_up
        assert live(event).count() == (0 if given_up else 1)
        assert adds_up()


def test_tabs_that_all_ask_for_more_time_get_it_as_often_as_one_may():
    for _ in range(3):
        basket = make_booking(paid_event())
        ask = partial(operations.extend, booking=basket, now=basket.created_at)
        outcomes = race([ask] * 6, threads=6)
        assert sum(isinstance(one, Booking) for one in outcomes) == 2
        end = Booking.objects.get(pk=basket.pk).hold_expires_at
        assert end == basket.hold_expires_at + timedelta(minutes=20)
