from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings import operations
from bookings.models import Booking
from events.operations import TicketTypeInput
from outbox.models import Message
from payments.models import Payment
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db

PAGES = {
    "checkout": "payments:checkout",
    "detail": "bookings:detail",
    "cancel": "bookings:cancel",
    "give_back": "bookings:give_back",
}
DETAILS = {"name": "Grace Hopper", "email": "grace@example.org"}


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def checkout_of(basket: Booking) -> str:
    return reverse("payments:checkout", args=[basket.pk])


def lapsed_hold(customer: User, **changes) -> Booking:
    long_ago = timezone.now() - timedelta(hours=1)
    event = make_event(**changes)
    return operations.hold(request=operations.Request(event.pk, quantity=2), customer_id=customer.pk, now=long_ago)


def test_the_checkout_knows_who_one_is_and_what_is_held(client, ada):
    types = [TicketTypeInput(name="Balcony", price=Decimal("12.50"))]
    basket = make_hold(make_event(ticket_types=types), ada, quantity=2)

    response = client.get(checkout_of(basket))

    assert response.context["form"].initial == {"name": "Ada", "email": ada.email}
    page = response.content.decode()
    said = ("Balcony", "€25.00", "you pay when you come", "Book, pay €25.00 at the door")
    assert [words for words in said if words not in page] == []


def test_confirming_books_with_the_details_that_were_given(client, ada):
    basket = make_hold(customer=ada)

    response = client.post(checkout_of(basket), DETAILS)

    basket.refresh_from_db()
    assert (response.status_code, response.url) == (302, reverse("bookings:detail", args=[basket.pk]))
    assert (basket.status, basket.name, basket.email) == ("confirmed", *DETAILS.values())


def test_confirming_twice_books_once(client, ada):
    basket = make_hold(customer=ada)

    first, second = (client.post(checkout_of(basket), DETAILS) for _ in range(2))

    assert first.url == second.url
    assert Message.objects.filter(fact="booking_confirmed").count() == 1


def test_the_checkout_of_a_confirmed_booking_leads_to_the_booking(client, ada):
    booking = make_booking(customer=ada)

    assert client.get(checkout_of(booking)).url == reverse("bookings:detail", args=[booking.pk])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\x07b"}, "name"),
        ({"email": ""}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
    ],
)
def test_details_that_make_no_sense_are_a_422_and_book_nothing(client, ada, change, field):
    basket = make_hold(customer=ada)

    response = client.post(checkout_of(basket), DETAILS | change)

    basket.refresh_from_db()
    assert (response.status_code, [*response.context["form"].errors]) == (422, [field])
    assert (basket.status, basket.name) == ("pending", "")


def test_names_of_any_script_are_welcome(client, ada):
    basket = make_hold(customer=ada)

    client.post(checkout_of(basket), DETAILS | {"name": "שרה 👩‍🚀 O’Brien-Łukasz"})

    basket.refresh_from_db()
    assert basket.name == "שרה 👩‍🚀 O’Brien-Łukasz"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_lapsed_basket_says_what_happened_and_leads_back(client, ada, method):
    basket = lapsed_hold(ada)

    response = getattr(client, method)(checkout_of(basket), DETAILS)

    basket.refresh_from_db()
    assert (response.status_code, basket.status) == (410, "expired")
    assert "The time for these seats was up" in response.content.decode()
    assert basket.event.get_absolute_url() in response.content.decode()


def test_an_expired_basket_says_the_same(client, ada):
    basket = lapsed_hold(ada)
    operations.release_lapsed(now=timezone.now())

    response = client.get(checkout_of(basket))

    assert (response.status_code, "The time for these seats was up" in response.content.decode()) == (410, True)


def test_when_the_timer_ends_htmx_gets_the_fragment_alone(client, ada):
    response = client.get(checkout_of(lapsed_hold(ada)), headers={"HX-Request": "true"})

    assert response.status_code == 410
    assert b"<!doctype html>" not in response.content
    assert b'id="basket"' in response.content


def test_giving_back_frees_the_seats_and_leads_to_the_event(client, ada):
    basket = make_hold(customer=ada, quantity=3)

    response = client.post(reverse("bookings:give_back", args=[basket.pk]))

    basket.refresh_from_db()
    assert (response.url, basket.status) == (basket.event.get_absolute_url(), "cancelled")
    assert operations.audit_inventory() == []
    basket.event.inventory.refresh_from_db()
    assert basket.event.inventory.free == 10


def test_giving_back_in_a_stale_tab_does_not_cancel_what_another_tab_confirmed(client, ada):
    basket = make_hold(customer=ada)
    client.post(checkout_of(basket), DETAILS)

    response = client.post(reverse("bookings:give_back", args=[basket.pk]))

    basket.refresh_from_db()
    assert (response.url, basket.status) == (reverse("bookings:detail", args=[basket.pk]), "confirmed")


def test_giving_back_is_not_done_by_a_link(client, ada):
    basket = make_hold(customer=ada)

    assert client.get(reverse("bookings:give_back", args=[basket.pk])).status_code == 405


def test_a_basket_given_back_says_so(client, ada):
    basket = make_hold(customer=ada)
    operations.give_back(booking=basket, now=timezone.now())

    response = client.get(checkout_of(basket))

    assert (response.status_code, "You gave these seats back" in response.content.decode()) == (410, True)


def test_another_tabs_basket_for_the_same_event_is_pointed_out(client, ada):
    event = make_event()
    first, second = make_hold(event, ada), make_hold(event, ada, quantity=2)

    assert client.get(checkout_of(first)).context["other_basket"] == second
    assert client.get(checkout_of(second)).context["other_basket"] == first


@pytest.mark.parametrize("name", ["checkout", "give_back", "detail", "cancel"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_peoples_bookings_are_not_there(client, ada, name, method):
    theirs = make_hold()

    statuses = {
        getattr(client, method)(reverse(PAGES[name], args=[pk]), DETAILS).status_code for pk in (theirs.pk, uuid4())
    }

    theirs.refresh_from_db()
    assert len(statuses) == 1 and statuses <= {404, 405}
    assert theirs.status == "pending"


@pytest.mark.parametrize("name", ["checkout", "detail", "cancel"])
def test_visitors_sign_in_first(client, name):
    url = reverse(PAGES[name], args=[make_hold().pk])

    assert client.get(url).url == f"{reverse('account_login')}?next={url}"


def test_private_pages_leave_no_copies(client, ada):
    response = client.get(checkout_of(make_hold(customer=ada)))

    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]
    assert b'hx-history="false"' in response.content


def test_the_checkout_takes_the_same_queries_however_many_lines(client, ada, django_assert_num_queries):
    for number in (1, 3):
        event = make_event(ticket_types=[TicketTypeInput(name=f"Type {index}") for index in range(number)])
        wanted = operations.Request(event.pk, [(one.pk, 1) for one in event.types_for_sale()])
        basket = operations.hold(request=wanted, customer_id=ada.pk, now=timezone.now())
        with django_assert_num_queries(6):
            client.get(checkout_of(basket))


def test_a_checkout_that_nobody_can_be_paid_at_says_so_and_takes_nothing(client, ada):
    types = [TicketTypeInput(name="Seat", price=Decimal("12.50"))]
    basket = make_hold(make_event(ticket_types=types, payment_methods=["transfer"]), ada)  # without a bank account

    page = client.get(checkout_of(basket)).content.decode()
    response = client.post(checkout_of(basket), DETAILS)

    basket.refresh_from_db()
    assert "This can’t be paid just now" in page and "It is free" not in page
    assert (response.status_code, basket.status) == (422, "pending")
    assert not Payment.objects.exists()
