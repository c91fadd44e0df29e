from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings import operations
from bookings.models import Booking
from events import operations as event_operations
from events.models import Event
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of

pytestmark = pytest.mark.django_db

MINE = "/bookings/"


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def event_in(days: float, **changes) -> Event:
    start = timezone.now() + timedelta(days=days)
    early = timezone.now() - timedelta(days=365)
    return make_event(now=early, starts_at=start, ends_at=start + timedelta(hours=2), **changes)


def attended(customer: User) -> Booking:
    """A booking of an event that is over."""
    request = operations.Request(event_in(-3).pk, quantity=1)
    return operations.book(request=request, customer_id=customer.pk, now=timezone.now() - timedelta(days=5))


def page_of(booking: Booking) -> str:
    return reverse("bookings:detail", args=[booking.pk])


def cancel_page(booking: Booking) -> str:
    return reverse("bookings:cancel", args=[booking.pk])


def test_without_bookings_there_is_a_way_to_find_events(client, ada):
    page = client.get(MINE).content.decode()

    assert "Nothing booked yet" in page
    assert f'href="{reverse("events:list")}"' in page


def test_the_next_event_comes_first_then_the_others_by_date(client, ada):
    later, soon, between = (make_booking(event_in(days), ada) for days in (30, 2, 10))

    context = client.get(MINE).context

    assert (context["next"], context["coming"]) == ([soon], [between, later])


def test_the_next_event_shows_its_code(client, ada):
    booking = make_booking(customer=ada)

    assert reverse("tickets:first_qr", args=[booking.pk]) in client.get(MINE).content.decode()


def test_open_baskets_say_how_long_they_last_and_lapsed_ones_are_gone(client, ada):
    basket = make_hold(customer=ada)
    long_ago = timezone.now() - timedelta(hours=1)
    operations.hold(request=operations.Request(make_event().pk, quantity=1), customer_id=ada.pk, now=long_ago)

    response = client.get(MINE)

    assert response.context["baskets"] == [{"booking": basket, "minutes": 15}]
    assert "15 min left" in response.content.decode()


def test_past_and_cancelled_bookings_are_folded_away_the_latest_first(client, ada):
    past, cancelled = attended(ada), make_booking(customer=ada)
    operations.cancel(booking=cancelled, now=timezone.now())
    operations.give_back(booking=make_hold(customer=ada), now=timezone.now())

    assert list(client.get(MINE).context["over"]) == [cancelled, past]


def test_other_peoples_bookings_are_not_listed(client, ada):
    make_booking()

    assert "Nothing booked yet" in client.get(MINE).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "abc", "9" * 400])
def test_any_page_number_shows_some_page(client, ada, page):
    attended(ada)

    assert client.get(MINE, {"page": page}).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_my_bookings_take_the_same_queries_however_many(client, ada, django_assert_num_queries, number):
    for _ in range(number):
        make_booking(customer=ada)
        make_booking(event_in(20), ada)
        make_hold(customer=ada)
        attended(ada)

    with django_assert_num_queries(13):  # session, user; three lists with their lines; a count; places; money; the bell
        client.get(MINE)


def test_a_fresh_booking_greets_and_an_old_one_does_not(client, ada):
    fresh, old = make_booking(customer=ada), make_booking(customer=ada)
    Booking.objects.filter(pk=old.pk).update(confirmed_at=timezone.now() - timedelta(hours=1))

    greeted = ["You’re going!" in client.get(page_of(booking)).content.decode() for booking in (fresh, old)]

    assert greeted == [True, False]


def test_the_booking_page_says_what_one_needs(client, ada):
    types = [TicketTypeInput(name="Balcony", price=Decimal("12.50"))]
    booking = make_booking(make_event(ticket_types=types), ada, quantity=2)

    page = client.get(page_of(booking)).content.decode()

    until = booking.event.cancellable_until
    wanted = [booking.reference, "Balcony", "€25.00", "To pay at the door", "Cancel until", f"{until:%H:%M} UTC"]
    wanted += [reverse(f"tickets:{name}", args=[booking.pk]) for name in ("booking", "pdf", "calendar")]
    assert [words for words in wanted if words not in page] == []


def test_the_link_of_an_online_event_is_for_those_who_booked(client, ada):
    booking = make_booking(customer=ada)
    link = f'href="{booking.event.online_url}"'

    assert link in client.get(page_of(booking)).content.decode()

    operations.cancel(booking=booking, now=timezone.now())
    assert link not in client.get(page_of(booking)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_booking_page_takes_the_same_queries_however_many_lines(client, ada, django_assert_num_queries, number):
    event = make_event(ticket_types=[TicketTypeInput(name=f"Type {index}") for index in range(number)])
    wanted = operations.Request(event.pk, [(one.pk, 1) for one in event.types_for_sale()])
    booking = operations.book(request=wanted, customer_id=ada.pk, now=timezone.now())

    with django_assert_num_queries(5):
        client.get(page_of(booking))


def test_a_basket_s_page_is_its_checkout(client, ada):
    basket = make_hold(customer=ada)

    assert client.get(page_of(basket)).url == reverse("payments:checkout", args=[basket.pk])


def test_bookings_of_a_cancelled_and_of_a_postponed_event_say_so(client, ada):
    cancelled, postponed = make_booking(customer=ada), make_booking(customer=ada)
    for booking, move in ((cancelled, "cancel_event"), (postponed, "postpone_event")):
        event = Event.objects.get(pk=booking.event_id)
        by = owner_of(event.organizer)
        getattr(event_operations, move)(event=event, version=event.version, by=by, now=timezone.now())

    assert "This event is cancelled" in client.get(page_of(cancelled)).content.decode()
    assert "This event is postponed" in client.get(page_of(postponed)).content.decode()


def test_cancelling_asks_first_and_says_what_happens(client, ada):
    booking = make_booking(customer=ada, quantity=2)

    for response in (client.get(cancel_page(booking)), client.post(cancel_page(booking))):
        page = response.content.decode()
        assert response.status_code == 200
        assert "2 tickets will no longer be valid, and the seats go back on sale" in page

    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_confirmed_cancellation_gives_the_seats_back(client, ada):
    booking = make_booking(customer=ada, quantity=2)

    response = client.post(cancel_page(booking), {"confirmed": "1"})

    booking.refresh_from_db()
    booking.event.inventory.refresh_from_db()
    assert (response.url, booking.status, booking.event.inventory.free) == (page_of(booking), "cancelled", 10)
    assert "This booking was cancelled on" in client.get(page_of(booking)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_cancelling_again_is_friendly(client, ada, method):
    booking = make_booking(customer=ada)
    operations.cancel(booking=booking, now=timezone.now())

    response = getattr(client, method)(cancel_page(booking), {"confirmed": "1"}, follow=True)

    assert "This booking is cancelled already." in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_the_deadline_one_is_told_when_it_was(client, ada, method):
    booking = make_booking(event_in(0.5), ada)

    response = getattr(client, method)(cancel_page(booking), {"confirmed": "1"})

    booking.refresh_from_db()
    assert (response.status_code, booking.status) == (409, "confirmed")
    assert "It is too late to cancel" in response.content.decode()


def test_a_basket_is_given_back_rather_than_cancelled(client, ada):
    basket = make_hold(customer=ada)

    client.post(cancel_page(basket), {"confirmed": "1"})

    basket.refresh_from_db()
    assert basket.status == "pending"


def test_postponed_events_say_so_wherever_they_stand(client, ada):
    events = [event_in(days) for days in (2, 10)]
    for event in events:
        make_booking(event, ada)
        event_operations.postpone_event(
            event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now()
        )

    assert client.get(MINE).content.decode().count("Postponed") == 2
