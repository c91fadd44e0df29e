"""Cancelling what was paid for: what comes back is said before, and is what comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from payments import operations
from payments.models import Refund
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db

HALF_A_WEEK_BEFORE = [[24 * 6, 100], [24, 50]]


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def paid(customer: User, quantity: int = 1, **changes) -> Booking:
    """A booking that was paid by transfer, for an event in a week."""
    booking = basket(paid_event(cancellation_hours=1, **changes), quantity, customer)
    payment = under_way(booking)
    operations.book_in(payment_id=payment.pk, amount=payment.amount, reference="1", by=None, now=timezone.now())
    return again(booking)


def page(booking: Booking) -> str:
    return reverse("bookings:cancel", args=[booking.pk])


def settled(booking: Booking) -> list[int]:
    """What goes back of it."""
    operations.settle_up(booking_id=booking.pk, now=timezone.now())
    return [refund.amount for refund in Refund.objects.order_by("id")]


def tickets(booking: Booking, *numbers: int) -> list[str]:
    line = booking.lines.get()
    return [f"{line.pk}:{number}" for number in numbers]


def test_what_comes_back_is_said_before_and_comes_back(client, ada):
    booking = paid(ada, 2)
    words = client.get(page(booking)).content.decode()
    assert "All of the €25.00 that you paid comes back to you" in words
    client.post(page(booking), {"confirmed": "1", "expected_refund": "2500"})
    assert (again(booking).status, settled(booking)) == ("cancelled", [2500])


def test_half_comes_back_by_a_policy_that_says_so(client, ada):
    booking = paid(ada, refund_steps=HALF_A_WEEK_BEFORE)
    Booking.objects.update(policy={"cancel_hours": 1, "refund": [[24 * 30, 100], [24, 50]]})
    assert "€6.25 of the €12.50 that you paid comes back" in client.get(page(booking)).content.decode()
    assert "€6.25 of the €12.50 that you paid" in client.get(booking.get_absolute_url()).content.decode()
    client.post(page(booking), {"confirmed": "1", "expected_refund": "625"})
    assert (again(booking).adjustment, settled(booking)) == (625, [625])
    assert "€6.25 of what you paid is kept" in client.get(booking.get_absolute_url()).content.decode()


def test_nothing_comes_back_any_more_and_it_says_until_when_it_did(client, ada):
    booking = paid(ada)
    Booking.objects.update(policy={"cancel_hours": 1, "refund": [[24 * 30, 100]]})
    assert "None of what you paid comes back: that was so until" in client.get(page(booking)).content.decode()


def test_if_another_amount_comes_back_than_was_said_nothing_is_cancelled(client, ada):
    booking = paid(ada)
    Booking.objects.update(policy={"cancel_hours": 1, "refund": [[24 * 30, 100], [24, 50]]})
    response = client.post(page(booking), {"confirmed": "1", "expected_refund": str(PRICE)})
    assert (response.status_code, again(booking).status) == (409, "confirmed")
    assert "€6.25 of the €12.50" in response.content.decode()
    assert 'name="expected_refund" value="625"' in response.content.decode()


def test_some_tickets_are_given_back_and_the_others_stay(client, ada):
    booking = paid(ada, 3)
    chosen = {"tickets": tickets(booking, 1, 3)}
    assert client.get(page(booking), {"some": "1"}).content.decode().count('type="checkbox"') == 3
    words = client.post(page(booking), chosen).content.decode()
    assert "Give back 2 of 3 tickets?" in words
    assert "€25.00 comes back to you" in words
    client.post(page(booking), chosen | {"confirmed": "1", "expected_refund": "2500"})
    left = again(booking)
    assert (left.status, left.quantity, left.lines.get().numbers) == ("confirmed", 1, [2])
    assert settled(booking) == [2500]


@pytest.mark.parametrize("value", ["", "x", "1", "1:", ":1", "-1:1", "1:2:3", "0:0", "9" * 30 + ":1", "²:1", "\x00"])
def test_tickets_that_are_none_are_refused_and_nothing_is_cancelled(client, ada, value):
    booking = paid(ada, 2)
    for more in ({}, {"confirmed": "1"}):
        assert client.post(page(booking), {"tickets": value} | more).status_code in (200, 422)
    assert client.post(page(booking), {"tickets": tickets(booking, 3), "confirmed": "1"}).status_code == 422
    assert (again(booking).status, again(booking).quantity) == ("confirmed", 2)


@pytest.mark.parametrize("expected", ["x", "-1", "9" * 30, "²"])
def test_an_amount_that_is_none_was_not_shown_by_us(client, ada, expected):
    booking = paid(ada)
    response = client.post(page(booking), {"confirmed": "1", "expected_refund": expected})
    assert (response.status_code, again(booking).status) == (409, "confirmed")


def test_of_what_is_paid_at_the_door_nothing_has_to_come_back(client, ada):
    booking = make_booking(paid_event("door"), ada)
    assert "Nothing was charged, so there is nothing to refund." in client.get(page(booking)).content.decode()
    client.post(page(booking), {"confirmed": "1", "expected_refund": "0"})
    assert (again(booking).status, settled(booking)) == ("cancelled", [])


def test_the_booking_says_what_was_paid_and_what_is_on_its_way_back(client, ada):
    booking = paid(ada)
    words = client.get(booking.get_absolute_url()).content.decode()
    assert "€12.50 paid on" in words
    assert "To pay at the door" not in words
    client.post(page(booking), {"confirmed": "1", "expected_refund": str(PRICE)})
    settled(booking)
    assert "€12.50 comes back to you from the organiser" in client.get(booking.get_absolute_url()).content.decode()


def test_after_the_deadline_it_says_so(client, ada):
    booking = paid(ada)
    Booking.objects.update(policy={"cancel_hours": 24 * 30, "refund": [[24 * 30, 100]]})
    assert timezone.now() > again(booking).event.starts_at - timedelta(days=30)
    response = client.post(page(booking), {"confirmed": "1"})
    assert (response.status_code, again(booking).status) == (409, "confirmed")
    assert "nothing is charged" not in response.content.decode()
