"""The pages of those who wait."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_draft, make_event, make_place, make_user
from waitlist import operations
from waitlist.models import Entry
from waitlist.templatetags.waitlist_words import long

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = make_user("Ada")
    client.force_login(user)
    return user


def full(seats=1, **changes):
    event = make_event(capacity=seats, **changes)
    return event, make_booking(event, quantity=seats)


def text_of(client, path) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def join_path(event) -> str:
    return reverse("waitlist:join", args=[event.slug])


def offered_to(user):
    """A place whose turn has come, and the event."""
    event, booking = full()
    place = make_place(event, user)
    bookings.cancel(booking=booking, now=timezone.now())
    return place, event


def test_a_sold_out_page_leads_to_the_line(client):
    event, _ = full()
    page = text_of(client, event.get_absolute_url())
    assert join_path(event) in page
    assert "Join the waitlist" in page
    assert join_path(event) not in text_of(client, make_event().get_absolute_url())


def test_a_type_that_is_sold_out_alone_has_a_line_of_its_own(client):
    event = make_event(ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    _, box = event.types_for_sale()
    make_booking(event, items=[(box.pk, 1)])
    assert f"{join_path(event)}?type={box.pk}" in text_of(client, event.get_absolute_url())


def test_strangers_sign_in_first(client):
    event, _ = full()
    response = client.get(join_path(event))
    assert response.status_code == 302
    assert "/account/login/" in response.url


def test_joining_leads_to_one_s_place(client, ada):
    event, _ = full()
    make_place(event)
    assert "Strict order." in text_of(client, join_path(event))
    response = client.post(join_path(event), {"quantity": "1", "ticket_type": "", "lead_hours": "3"})
    place = Entry.objects.get(customer=ada)
    assert response.url == place.get_absolute_url()
    assert place.lead_hours == 3
    page = text_of(client, response.url)
    assert "#2 <span>in line" in page
    assert "1 party is ahead of you." in page


def test_how_the_line_works_is_said_for_both_orders(client, ada):
    event, _ = full(waitlist_order="fill", offer_minutes=90)
    page = text_of(client, join_path(event))
    assert "Seats are filled." in page
    assert "1 hour 30 minutes" in page


def test_who_stands_in_line_is_shown_their_place(client, ada):
    event, _ = full()
    place = make_place(event, ada)
    assert client.get(join_path(event)).url == place.get_absolute_url()
    assert client.post(join_path(event), {"quantity": "1"}).url == place.get_absolute_url()
    page = text_of(client, event.get_absolute_url())
    assert "You are #1 in line" in page
    assert "Show my place" in page
    assert "#1 in line for 1 seat" in text_of(client, reverse("bookings:mine"))


def test_seats_that_can_be_booked_are_not_waited_for(client, ada):
    event = make_event(capacity=3)
    response = client.post(join_path(event), {"quantity": "2"})
    assert response.status_code == 409
    assert "Get tickets" in response.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "0"},
        {"quantity": "many"},
        {"quantity": "999"},
        {"ticket_type": "x"},
        {"lead_hours": "9999"},
    ],
)
def test_what_makes_no_sense_is_shown_beside_its_field(client, ada, wrong):
    event, _ = full()
    response = client.post(join_path(event), {"quantity": "1", **wrong})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Entry.objects.exists()


def test_drafts_have_no_line(client, ada):
    assert client.get(join_path(make_draft())).status_code == 404


def test_an_offer_is_accepted_in_one_tap_and_twice_is_once(client, ada):
    place, event = offered_to(ada)
    page = text_of(client, place.get_absolute_url())
    assert "1 seat for you" in page
    assert "hold-timer" in page
    accept = reverse("bookings:accept", args=[place.pk])
    assert accept in page
    first, second = client.post(accept), client.post(accept)
    booking = Booking.objects.confirmed().get(customer=ada)
    assert first.url == second.url == booking.get_absolute_url()
    assert "You accepted" in text_of(client, place.get_absolute_url())
    assert "You’re going" in text_of(client, event.get_absolute_url())


def test_my_bookings_say_until_when_seats_are_reserved(client, ada):
    place, _ = offered_to(ada)
    place.refresh_from_db()
    until = place.offer_expires_at.strftime("%H:%M")
    assert f"reserved for you until {place.offer_expires_at:%A}" in text_of(client, reverse("bookings:mine"))
    assert until in text_of(client, reverse("bookings:mine"))


def test_passing_thanks_and_hands_on(client, ada):
    place, event = offered_to(ada)
    bob = make_place(event)
    response = client.post(reverse("waitlist:pass", args=[place.pk]), follow=True)
    assert "You passed" in response.content.decode()
    bob.refresh_from_db()
    assert bob.status == Entry.Status.OFFERED


def test_leaving_twice_is_harmless(client, ada):
    place = make_place(customer=ada)
    leave = reverse("waitlist:leave", args=[place.pk])
    assert "You left the line" in client.post(leave, follow=True).content.decode()
    assert client.post(leave).url == place.get_absolute_url()


def test_an_offer_that_lapsed_can_not_be_accepted_and_says_so(client, ada):
    place, _ = offered_to(ada)
    Entry.objects.update(offer_expires_at=timezone.now() - timedelta(seconds=1))
    assert "The time for this offer is up" in text_of(client, place.get_absolute_url())
    response = client.post(reverse("bookings:accept", args=[place.pk]), follow=True)
    assert "The time for this offer is up." in response.content.decode()
    assert not Booking.objects.confirmed().exists()


def test_a_place_taken_back_says_why(client, ada):
    place = make_place(customer=ada)
    owner = place.event.organizer.members.get()
    operations.remove(entry=place, by=owner, reason="Asked by phone", now=timezone.now())
    assert "Asked by phone" in text_of(client, place.get_absolute_url())


def test_other_people_s_places_do_not_exist(client, ada):
    place = make_place()
    for path in (place.get_absolute_url(), reverse("waitlist:leave", args=[place.pk])):
        assert client.post(path).status_code in (404, 405)
    assert client.get(place.get_absolute_url()).status_code == 404
    assert client.post(reverse("bookings:accept", args=[place.pk])).status_code == 404


def test_the_moving_part_comes_alone_for_htmx(client, ada):
    place = make_place(customer=ada)
    fragment = client.get(place.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("{#") is False
    assert "<html" not in fragment
    assert "You are next." in fragment


def test_pages_take_a_known_number_of_queries(client, ada, django_assert_num_queries):
    place = make_place(customer=ada)
    text_of(client, place.get_absolute_url())
    with django_assert_num_queries(4):  # session, user, place, the bell
        client.get(place.get_absolute_url())
    event, _ = full()
    with django_assert_num_queries(6):  # session, user, event, types, my place, the bell
        client.get(join_path(event))


def test_a_page_with_a_place_is_not_taken_for_one_without(client, ada):
    event, _ = full()
    before = client.get(event.get_absolute_url())["ETag"]
    place = make_place(event, ada)
    page = client.get(event.get_absolute_url(), headers={"If-None-Match": before})
    assert page.status_code == 200
    operations.leave(entry=place, now=timezone.now())
    again = client.get(event.get_absolute_url(), headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=45), "45 minutes"),
        (timedelta(hours=4), "4 hours"),
        (timedelta(days=1, hours=12, minutes=5), "1 day 12 hours"),
        (timedelta(seconds=20), "a moment"),
    ],
)
def test_spans_in_words(span, words):
    assert long(span) == words
