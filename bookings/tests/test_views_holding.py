import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from events.models import Inventory
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(client):
    client.force_login(ada := make_user("Ada"))
    return ada


def url(name, booking):
    return reverse(f"bookings:{name}", args=[booking.pk])


def end_of(booking):
    return Booking.objects.get(pk=booking.pk).hold_expires_at


def lapse(booking):
    Booking.objects.filter(pk=booking.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))


def claimed(booking):
    return Inventory.objects.get(event=booking.event).claimed


def test_more_time_is_a_button_that_works_without_javascript(client, ada):
    basket = make_hold(customer=ada)
    checkout = reverse("payments:checkout", args=[basket.pk])
    assert url("extend", basket) in client.get(checkout).content.decode()
    page = client.post(url("extend", basket), follow=True)
    assert page.redirect_chain == [(checkout, 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "You have more time now. Your seats are still held."
    ]
    assert end_of(basket) == basket.hold_expires_at + timedelta(minutes=10)


def test_htmx_gets_the_timer_alone_and_a_toast(client, ada):
    basket = make_hold(customer=ada)
    answer = client.post(url("extend", basket), headers=HTMX)
    text = answer.content.decode()
    assert text.lstrip().startswith("{# ") is False and 'id="hold"' in text and "<html" not in text
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "success"


def test_when_it_is_used_up_the_button_goes_and_a_sentence_says_why(client, ada):
    basket = make_hold(customer=ada)
    for _ in range(2):
        answer = client.post(url("extend", basket), headers=HTMX)
    assert "Need more time?" not in answer.content.decode()
    answer = client.post(url("extend", basket), headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["toast"]["message"].startswith(
        "These seats were held as long as they can be."
    )
    assert end_of(basket) == basket.hold_expires_at + timedelta(minutes=20)


def test_another_tab_gets_the_timer_as_it_stands(client, ada):
    basket = make_hold(customer=ada)
    operations.extend(booking=basket, now=timezone.now())
    text = client.get(url("hold", basket), headers=HTMX).content.decode()
    assert f'hx-get="{url("hold", basket)}" hx-trigger="booking-changed from:body" hx-select="#hold"' in text
    assert f'until="{end_of(basket).astimezone(basket.event.zone).isoformat()}"' in text


@pytest.mark.parametrize("made", [make_booking, make_hold], ids=["booked", "lapsed"])
def test_a_timer_without_a_basket_has_its_page_asked_for_anew(client, ada, made):
    booking = made(make_event(), ada)
    if booking.status == "pending":
        lapse(booking)
    for answer in (client.get(url("hold", booking), headers=HTMX), client.post(url("extend", booking), headers=HTMX)):
        assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    assert client.get(url("hold", booking)).url == reverse("payments:checkout", args=[booking.pk])


def test_whoever_looks_at_a_lapsed_basket_gives_its_seats_back(client, ada):
    for look in (url("hold", basket := make_hold(customer=ada)), reverse("payments:checkout", args=[basket.pk])):
        basket = make_hold(customer=ada)
        lapse(basket)
        client.get(look.replace(str(look.split("/")[2]), str(basket.pk)))
        assert (Booking.objects.get(pk=basket.pk).status, claimed(basket)) == ("expired", 0)


@pytest.mark.parametrize("name, method", [("hold", "get"), ("extend", "post")])
def test_baskets_of_others_are_nobody_s_business(client, ada, name, method):
    basket = make_hold()
    assert getattr(client, method)(url(name, basket)).status_code == 404
    assert end_of(basket) == basket.hold_expires_at


def test_looking_extends_nothing(client, ada):
    basket = make_hold(customer=ada)
    assert client.get(url("extend", basket)).status_code == 405
    assert end_of(basket) == basket.hold_expires_at


def test_the_timer_is_two_queries_besides_those_of_signing_in(client, ada, django_assert_num_queries):
    basket = make_hold(customer=ada)
    with django_assert_num_queries(3):
        client.get(url("hold", basket), headers=HTMX)
