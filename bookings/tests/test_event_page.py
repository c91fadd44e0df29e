"""What the event's page says to those who have booked."""

import pytest
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = make_user("Ada")
    client.force_login(user)
    client.get("/account/")  # the first page sets the cookie that goes with the tokens of its forms
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
    # Session, user, event, types; my bookings and my place, for the ETag and on the page; the bell.
    with django_assert_num_queries(9):
        page_of(client, event)


def known(client, event) -> int:
    """The status of asking again with the ETag of the page that was just there."""
    etag = client.get(event.get_absolute_url())["ETag"]
    return client.get(event.get_absolute_url(), headers={"If-None-Match": etag}).status_code


def test_who_is_signed_in_gets_a_304_of_their_own(client, ada, django_assert_num_queries):
    event = make_event()
    make_booking(event, ada)
    page = client.get(event.get_absolute_url())
    assert (page["Cache-Control"], "X-Form-Key" in page) == ("private, no-cache", False)
    with django_assert_num_queries(7):  # session, user, event, types, my bookings, my place, the bell
        again = client.get(event.get_absolute_url(), headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, again["Cache-Control"], again.content) == (304, "private, no-cache", b"")


def test_nobody_gets_a_304_for_what_somebody_else_or_their_own_past_was_shown(client, ada):
    event = make_event(capacity=50)
    etags = [client.get(event.get_absolute_url())["ETag"]]
    basket = make_hold(event, ada)
    etags.append(client.get(event.get_absolute_url())["ETag"])
    operations.confirm(booking=basket, now=timezone.now())
    etags.append(client.get(event.get_absolute_url())["ETag"])
    operations.cancel(booking=basket, now=timezone.now())  # as many seats are free as at the beginning
    etags.append(client.get(event.get_absolute_url())["ETag"])
    client.force_login(make_user("Bea"))
    etags.append(client.get(event.get_absolute_url())["ETag"])
    client.logout()
    etags.append(client.get(event.get_absolute_url())["ETag"])
    assert len(set(etags)) == len(etags)
    assert known(client, event) == 304


def test_a_basket_that_lapsed_by_the_clock_alone_is_a_new_page(client, ada):
    event = make_event()
    basket = make_hold(event, ada)
    assert known(client, event) == 304
    etag = client.get(event.get_absolute_url())["ETag"]
    Booking.objects.filter(pk=basket.pk).update(hold_expires_at=timezone.now())
    page = client.get(event.get_absolute_url(), headers={"If-None-Match": etag})
    assert page.status_code == 200
    assert "Seats are held for you" not in page.text


def test_a_message_is_told_once_and_never_by_a_304(client, ada):
    event = make_event()
    first = client.get(event.get_absolute_url())
    client.post("/account/", {"name": "Ada Lovelace"})
    page = client.get(event.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    assert (page.status_code, "ETag" in page) == (200, False)
    assert "toast" in page.text
