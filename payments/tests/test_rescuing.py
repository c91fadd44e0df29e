"""Money that comes when the seats are gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import operations as accounts
from bookings import operations as bookings
from bookings.errors import HoldLapsed
from events import operations as events
from outbox.models import Message
from outbox.operations import deliver_some
from payments import operations
from payments.errors import NoChoice
from payments.models import Refund, Rescue
from payments.operations.audit import audit_money
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_place, owner_of
from waitlist.models import Entry

pytestmark = pytest.mark.django_db


def deliver():
    """What a worker does, until there is nothing more to do."""
    while Message.objects.filter(status="pending", lane="facts", available_at__lte=timezone.now()).exists():
        deliver_some(lane="facts", now=timezone.now())


def lapse(booking):
    """Its time is up, which a transfer had made longer."""
    assert bookings.expire(booking=booking, now=again(booking).hold_expires_at)


def pay(payment, now=None):
    operations.book_in(payment_id=payment.pk, amount=PRICE, reference="1", by=None, now=now or timezone.now())


def paid_too_late(event=None):
    """A booking whose only seat is in somebody else's basket by now, and that basket."""
    event = event or paid_event(capacity=1)
    late = basket(event)
    payment = under_way(late)
    lapse(late)
    other = basket(event)
    pay(payment)
    return again(late), other


def in_order():
    assert bookings.audit_inventory() == []
    assert audit_money(now=timezone.now()) == []


def test_seats_that_are_still_free_are_booked_after_all():
    late = basket()
    payment = under_way(late)
    lapse(late)
    pay(payment)
    assert (again(late).status, again(late).paid_by) == ("confirmed", "money")
    assert not Rescue.objects.exists()
    assert not Refund.objects.exists()
    in_order()


def test_where_they_have_gone_the_customer_is_asked_and_told():
    late, _ = paid_too_late()
    assert (late.status, late.rescues.get().status) == ("expired", "asked")
    assert Message.objects.filter(fact="payment_came_late").count() == 1
    assert not Refund.objects.exists()
    in_order()


def test_the_money_comes_back_on_request_and_once():
    late, _ = paid_too_late()
    operations.take_money_back(booking_id=late.pk, now=timezone.now())
    with pytest.raises(NoChoice):
        operations.take_money_back(booking_id=late.pk, now=timezone.now())
    assert [(one.amount, one.kind) for one in Refund.objects.all()] == [(PRICE, "late")]
    assert late.rescues.get().status == "refunded"
    in_order()


def test_who_waits_has_the_seats_that_come_free_at_once_for_what_was_paid():
    late, other = paid_too_late()
    operations.wait_in_line(booking=late, now=timezone.now())
    operations.wait_in_line(booking=late, now=timezone.now())  # pressed twice
    assert Entry.objects.count() == 1
    bookings.give_back(booking=other, now=timezone.now())
    deliver()
    assert (again(late).status, late.rescues.get().status) == ("confirmed", "booked")
    assert not Refund.objects.exists()
    in_order()


def test_who_waits_may_change_their_mind():
    late, _ = paid_too_late()
    operations.wait_in_line(booking=late, now=timezone.now())
    operations.take_money_back(booking_id=late.pk, now=timezone.now())
    assert (Entry.objects.get().status, Refund.objects.get().amount) == ("left", PRICE)
    in_order()


def test_the_seats_may_be_found_while_the_customer_asks_for_the_money():
    """Reserved already, and not booked yet: nobody else gets them in between, and the money goes back."""
    late, other = paid_too_late()
    operations.wait_in_line(booking=late, now=timezone.now())
    bookings.give_back(booking=other, now=timezone.now())
    operations.take_money_back(booking_id=late.pk, now=timezone.now())
    deliver()
    assert (again(late).status, Refund.objects.get().amount) == ("expired", PRICE)
    in_order()


def test_when_nobody_chooses_the_money_goes_back():
    late, _ = paid_too_late()
    operations.look_at_the_clock(now=late.rescues.get().decide_by - timedelta(seconds=1))
    assert not Refund.objects.exists()
    operations.look_at_the_clock(now=late.rescues.get().decide_by)
    assert Refund.objects.get().amount == PRICE


@pytest.mark.parametrize("waits", [False, True], ids=["asked", "in line"])
def test_when_the_event_is_cancelled_the_money_goes_back(waits):
    late, _ = paid_too_late()
    if waits:
        operations.wait_in_line(booking=late, now=timezone.now())
    event = late.event
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    deliver()
    assert (late.rescues.get().status, Refund.objects.get().amount) == ("refunded", PRICE)
    in_order()


def test_a_second_payment_that_comes_late_goes_back_at_once():
    late, _ = paid_too_late()
    with pytest.raises(HoldLapsed):
        under_way(late)
    operations.book_in(payment_id=late.payments.get().pk, amount=PRICE, reference="2", by=None, now=timezone.now())
    assert [(one.amount, one.kind) for one in Refund.objects.all()] == [(PRICE, "late")]
    assert late.rescues.get().status == "asked"
    in_order()


def test_what_came_for_a_basket_that_was_given_back_is_not_booked_again():
    booking = basket()
    payment = under_way(booking)
    bookings.give_back(booking=booking, now=timezone.now())
    pay(payment)
    assert (again(booking).status, Refund.objects.get().amount) == ("cancelled", PRICE)
    in_order()


def test_nobody_who_waits_in_line_is_passed_by_late_money():
    event = paid_event(capacity=1)
    late = basket(event)
    payment = under_way(late)
    place = make_place(event)
    lapse(late)
    pay(payment)
    place.refresh_from_db()
    assert (place.status, late.rescues.get().status) == ("offered", "asked")
    in_order()


@pytest.mark.parametrize("waits", [False, True], ids=["asked", "in line"])
def test_when_the_account_is_closed_the_money_goes_back(waits):
    late, other = paid_too_late()
    if waits:
        operations.wait_in_line(booking=late, now=timezone.now())
    accounts.close_account(user=late.customer, now=timezone.now())
    deliver()
    assert (late.rescues.get().status, Refund.objects.get().amount) == ("refunded", PRICE)
    bookings.give_back(booking=other, now=timezone.now())
    deliver()
    assert again(late).status == "expired"
    in_order()
