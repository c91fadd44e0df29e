"""Answers to an offer by the links in its mail, from somebody who is not signed in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from events.models import Inventory
from tests.factories import make_user
from tests.racing import closing, wait_until_blocked
from waitlist import operations
from waitlist.models import Entry
from waitlist.offer_links import offer_url, pass_url, read, token
from waitlist.tests.halls import cancel, edit, join, sold_out, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("adds_up")]


@pytest.fixture
def entry() -> Entry:
    """Ada's, with an offer."""
    event, [booking] = sold_out(1, title="Jazz by the River")
    entry = join(event, who=make_user("Ada"))
    cancel(booking)
    return Entry.objects.get(pk=entry.pk)


@pytest.fixture
def strict() -> Client:
    """A browser that keeps no cookies from page to page, and a site that checks forms for forgery."""
    return Client(enforce_csrf_checks=True)


def accept(client: Client, entry: Entry):
    return client.post(f"/bookings/offer/{token(entry.pk)}", follow=True)


def words(answer) -> str:
    return answer.content.decode()


def test_looking_at_links_changes_nothing(client, entry):
    for url in (offer_url(entry.pk), pass_url(entry.pk)):
        for look in (client.get, client.head):
            assert look(url).status_code == 200
    assert client.get(f"/bookings/offer/{token(entry.pk)}").status_code == 405
    assert status_of(entry) == ["offered"]


def test_the_page_says_what_the_mail_said_and_is_kept_by_nobody(client, entry):
    answer = client.get(offer_url(entry.pk))
    assert "Jazz by the River" in words(answer)
    assert "1 × Admission" in words(answer)
    assert "Ada" not in words(answer)
    assert entry.customer.email not in words(answer)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in words(answer)


def test_one_tap_books(strict, entry):
    answer = accept(strict, entry)
    booking = Booking.objects.get(customer=entry.customer)
    assert booking.status == Booking.Status.CONFIRMED
    assert "1 ticket booked" in words(answer)
    assert f"/tickets/booking/{booking.pk}" in words(answer)


def test_the_second_tap_finds_it_booked(client, entry):
    accept(client, entry)
    answer = accept(client, entry)
    assert (answer.status_code, Booking.objects.filter(customer=entry.customer).count()) == (200, 1)
    assert "1 ticket booked" in words(answer)
    client.post(pass_url(entry.pk))
    assert status_of(entry) == ["accepted"]


def test_passing_asks_once_and_is_done(strict, entry):
    assert "Pass on this seat?" in words(strict.get(pass_url(entry.pk)))
    for _ in range(2):
        answer = strict.post(pass_url(entry.pk), follow=True)
        assert (answer.status_code, status_of(entry)) == (200, ["passed"])
    assert "You passed" in words(answer)
    refused = accept(strict, entry)
    assert "You passed" in words(refused)
    assert not Booking.objects.filter(customer=entry.customer).exists()


def test_an_offer_whose_time_is_up_says_so(client, entry):
    operations.lapse(entry=entry, now=entry.offer_expires_at)
    for answer in (client.get(offer_url(entry.pk)), accept(client, entry)):
        assert answer.status_code == 410
        assert "The time for this offer is up" in words(answer)
    assert status_of(entry) == ["expired"]


def test_an_offer_that_nobody_has_ended_yet_is_over_all_the_same(client, entry):
    Entry.objects.filter(pk=entry.pk).update(offer_expires_at=timezone.now())
    assert client.get(offer_url(entry.pk)).status_code == 410
    assert accept(client, entry).status_code == 410
    assert status_of(entry) == ["offered"]


def test_what_one_has_elsewhere_is_counted(client, entry):
    edit(entry.event, max_per_person=1)
    elsewhere = Booking.objects.create(
        event=entry.event, customer=entry.customer, status="confirmed", quantity=1, currency="EUR"
    )
    answer = accept(client, entry)
    assert "allows 1 per person" in words(answer)
    assert status_of(entry) == ["offered"]
    elsewhere.delete()


@pytest.mark.parametrize("change", ["", "0", "x:y", "\u202e"], ids=["cut", "longer", "made up", "odd"])
def test_a_link_that_is_none_of_ours_leads_nowhere(client, entry, change):
    good = token(entry.pk)
    bad = {"": good[:-1], "0": f"{good}0"}.get(change, change)
    assert read(bad) is None
    assert client.get(f"/waitlist/offer/{bad}").status_code == 404
    assert client.post(f"/waitlist/offer/{bad}/pass").status_code == 404
    assert client.post(f"/bookings/offer/{bad}").status_code == 404
    assert status_of(entry) == ["offered"]


def test_links_are_tried_so_often_and_no_more(client, entry, settings):
    settings.RATELIMIT_ENABLE = True
    answers = {client.get("/waitlist/offer/made-up").status_code for _ in range(61)}
    assert answers == {404, 429}


@pytest.mark.django_db(transaction=True)
def test_taps_in_many_windows_book_once(entry):
    tap = closing(lambda: accept(Client(), entry).status_code)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Inventory.objects.select_for_update().get(pk=entry.event.inventory_id)
            taps = [pool.submit(tap) for _ in range(3)]
            wait_until_blocked(people=3)
        assert [answer.result(timeout=30) for answer in taps] == [200] * 3
    assert Booking.objects.confirmed().filter(customer=entry.customer).count() == 1
