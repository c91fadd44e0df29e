"""What the event's page says to those who have booked."""

import pytest
from django.utils import timezone

from bookings import operations
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = make_user("Ada")
    client.force_login(user)
    return user


def page_of(client, event) -> str:
    return client.get(event.get_absolute_url()).content.decode()


def test_who_has_booked_is_told_so(client, ada):
    event = make_event()
    booking = make_booking(event, ada, quantity=2)
    page = page_of(client, event)
    assert "You’re going" in page
    assert "2 tickets." in page
    assert booking.get_absolute_url() in page


def test_who_holds_seats_is_led_to_the_checkout(client, ada):
    event = make_event()
    basket = make_hold(event, ada)
    page = page_of(client, event)
    assert f"/bookings/{basket.pk}/checkout" in page
    assert "You’re going" not in page


def test_a_booking_counts_more_than_a_basket_and_a_cancelled_one_not_at_all(client, ada):
    event = make_event()
    booking = make_booking(event, ada)
    make_hold(event, ada)
    assert "You’re going" in page_of(client, event)
    operations.cancel(booking=booking, now=timezone.now())
    assert "Finish booking" in page_of(client, event)


def test_others_and_strangers_see_nothing_of_it(client, ada):
    event = make_event()
    make_booking(event, make_user())
    assert "You’re going" not in page_of(client, event)
    client.logout()
    assert "You’re going" not in page_of(client, event)


def test_it_costs_one_query_and_strangers_none(client, ada, django_assert_num_queries):
    event = make_event()
    make_booking(event, ada)
    page_of(client, event)
    with django_assert_num_queries(6):  # session, user, event, types, may edit, my booking
        page_of(client, event)
