"""Offers of what has to be paid first: accepting leads to a basket."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from tests.api import access_token
from tests.factories import make_booking, make_event, make_user
from waitlist.models import Entry
from waitlist.offer_links import offer_url, token
from waitlist.tests.halls import counters, join, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("adds_up")]


def program_of(user):
    return Client(headers={"Authorization": f"Bearer {access_token(user)}"})


@pytest.fixture
def ada():
    return make_user("Ada")


@pytest.fixture
def entry(ada):
    """Ada's, with an offer of a seat that costs €12.50; Bea is behind her."""
    types = [TicketTypeInput("Box", price=Decimal("12.50"), capacity=1)]
    event = make_event(capacity=1, payment_methods=["card"], ticket_types=types)
    basket = make_booking(event)
    entry, _ = join(event, who=ada), join(event, who=make_user("Bea"))
    bookings.give_back(booking=basket, now=timezone.now())
    return Entry.objects.get(pk=entry.pk)


def test_accepting_holds_the_seats_as_long_as_the_offer_would_have(entry):
    now = timezone.now()
    booking = bookings.accept(entry=entry, now=now)
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by, booking.total) == ("pending", "", 1250)
    assert booking.hold_expires_at == entry.offer_expires_at
    assert counters(entry.event) == (1, 0, 0)
    assert bookings.confirm_paid(booking=booking, now=now)


def test_who_accepts_at_the_last_moment_has_time_to_pay(entry):
    now = entry.offer_expires_at - timedelta(seconds=1)
    assert bookings.accept(entry=entry, now=now).hold_expires_at == now + timedelta(minutes=15)


def test_a_basket_that_lapses_goes_to_the_next_in_line(entry):
    booking = bookings.accept(entry=entry, now=timezone.now())
    bookings.expire(booking=booking, now=booking.hold_expires_at)
    assert status_of(*Entry.objects.order_by("number")) == ["accepted", "offered"]


def test_the_api_answers_with_a_basket(ada, entry):
    answer = program_of(ada).post(f"/api/waitlist/{entry.pk}/accept")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["hold_expires_at"] is not None) == ("pending", True)
    assert told["links"]["extend"] is None  # hours are left


def test_the_button_says_that_one_pays_and_leads_there(client, ada, entry):
    client.force_login(ada)
    assert "Accept and pay<" in client.get(entry.get_absolute_url()).content.decode()
    page = client.post(reverse("bookings:accept", args=[entry.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("payments:checkout", args=[Booking.objects.latest("created_at").pk])
    assert "Go on to pay" in client.get(entry.get_absolute_url()).content.decode()


def test_the_link_in_the_mail_accepts_and_says_until_when_to_pay(client, entry):
    assert "Accept and pay<" in client.get(offer_url(entry.pk)).content.decode()
    page = client.post(f"/bookings/offer/{token(entry.pk)}", follow=True).content.decode()
    basket = Booking.objects.latest("created_at")
    assert reverse("payments:checkout", args=[basket.pk]) in page and "Pay €12.50 until" in page
    bookings.expire(booking=basket, now=basket.hold_expires_at)
    assert "These seats went to the next in line" in client.get(offer_url(entry.pk)).content.decode()
    assert "To pay at the door" not in page and "ticket booked" not in page


def test_once_it_is_paid_the_link_says_that_it_is_booked(client, entry):
    booking = bookings.accept(entry=entry, now=timezone.now())
    bookings.confirm_paid(booking=booking, now=timezone.now())
    assert "1 ticket booked" in client.get(offer_url(entry.pk)).content.decode()


def test_who_has_paid_already_sees_that_there_is_nothing_to_do(client, ada):
    event = make_event(capacity=1, payment_methods=["card"], ticket_types=[TicketTypeInput("Seat", price=Decimal(9))])
    basket = make_booking(event, ada)
    bookings.expire(booking=basket, now=basket.hold_expires_at)
    make_booking(event)
    entry = bookings.wait_first(booking=basket, now=timezone.now())
    client.force_login(ada)
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "You have paid for this seat" in page and "Leave the line" not in page
    client.post(reverse("waitlist:leave", args=[entry.pk]))
    assert status_of(entry) == ["waiting"]
    answer = program_of(ada).delete(f"/api/waitlist/{entry.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "paid-place")
    links = program_of(ada).get(f"/api/waitlist/{entry.pk}").json()["links"]
    assert (links["accept"], links["booking"]) == (None, f"/api/bookings/{basket.pk}")
