"""The pages on which people pay: what they say, and where they lead."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from payments import operations
from payments.models import Payment, Refund, Rescue
from payments.tests.carding import CREATE
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from payments.views import asking
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db

DETAILS = {"name": "Grace Hopper", "email": "grace@example.org"}


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def page(name: str, booking: Booking) -> str:
    return reverse(f"payments:{name}", args=[booking.pk])


def choose(client, booking: Booking, method: str):
    return client.post(page("checkout", booking), DETAILS | {"method": method})


def book_in(payment: Payment, amount: int, reference: str = "1") -> None:
    operations.book_in(payment_id=payment.pk, amount=amount, reference=reference, by=None, now=timezone.now())


def came_late(customer: User) -> Booking:
    """A booking whose money came when its seats had gone to somebody else."""
    booking = basket(event := paid_event(capacity=1), customer=customer)
    payment = under_way(booking)
    bookings.expire(booking=booking, now=timezone.now() + timedelta(days=60))
    make_hold(event)
    book_in(payment, PRICE)
    return again(booking)


# --- Choosing a way to pay -------------------------------------------------------------------------------


def test_each_way_to_pay_says_what_it_means_and_what_the_button_will_do(client, ada, cards):
    booking = basket(paid_event("card", "transfer", "door"), quantity=2, customer=ada)
    response = client.get(page("checkout", booking))
    ways = response.context["form"].ways
    assert [(way.method, way.button, way.chosen) for way in ways] == [
        ("card", "Pay €25.00", True),
        ("transfer", "Book and transfer €25.00", False),
        ("door", "Book, pay €25.00 at the door", False),
    ]
    assert "your card number never reaches us" in response.content.decode()


def test_a_card_leads_to_the_page_of_the_provider(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    response = choose(client, booking, "card")
    assert (response.status_code, response.url) == (302, Payment.objects.get().url)
    assert response.url.startswith(cards.url)
    assert (again(booking).status, again(booking).name) == ("pending", "Grace Hopper")


def test_a_transfer_leads_to_what_is_to_be_transferred(client, ada):
    booking = basket(paid_event("transfer", "door"), customer=ada)
    assert choose(client, booking, "transfer").url == page("transfer", booking)


def test_the_door_books_at_once(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    assert choose(client, booking, "door").url == booking.get_absolute_url()
    assert again(booking).paid_by == "door"


@pytest.mark.parametrize("method", ["", "nonsense", "transfer", "\x00"])
def test_a_way_that_is_not_offered_is_a_422_and_starts_nothing(client, ada, cards, method):
    booking = basket(paid_event("card", "door"), customer=ada)
    response = choose(client, booking, method)
    assert (response.status_code, [*response.context["form"].errors]) == (422, ["method"])
    assert not Payment.objects.exists()


def test_pressed_in_two_tabs_it_is_one_payment(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    assert choose(client, booking, "card").url == choose(client, booking, "card").url
    assert Payment.objects.count() == 1


def test_a_provider_that_is_away_is_a_503_with_the_seats_still_held(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    cards.faults.plan("down", on=CREATE)
    response = choose(client, booking, "card")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "your seats stay held for you" in response.content.decode()
    cards.faults.clear()
    assert choose(client, booking, "card").status_code == 302


def test_who_comes_back_without_having_paid_is_told_calmly_and_goes_on(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    first = choose(client, booking, "card").url
    response = client.get(page("checkout", booking))
    assert "No money has reached us yet" in response.content.decode()
    assert choose(client, booking, "card").url == first


def test_who_paid_and_presses_back_is_led_to_the_booking(client, ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    choose(client, booking, "card")
    cards.pay(Payment.objects.get().provider_id)
    assert client.get(page("checkout", booking)).url == booking.get_absolute_url()
    assert again(booking).paid_by == "money"


def test_another_way_ends_the_one_before(client, ada, cards):
    booking = basket(paid_event("card", "transfer"), customer=ada)
    choose(client, booking, "card")
    choose(client, booking, "transfer")
    assert [(one.method, one.status) for one in Payment.objects.order_by("id")] == [
        ("card", "ended"),
        ("transfer", "open"),
    ]


# --- The headers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["checkout", "transfer", "paid", "late"])
def test_pages_of_payment_load_nothing_from_elsewhere_and_are_framed_by_nobody(client, ada, cards, name):
    booking = came_late(ada) if name == "late" else basket(paid_event("card", "transfer"), customer=ada)
    if name in ("transfer", "paid"):
        choose(client, booking, "transfer" if name == "transfer" else "card")
    response = client.get(page(name, booking))
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert response.status_code == 200
    assert policy["form-action"].split() == ["'self'", *sorted([cards.url, "https://checkout.stripe.com"])]
    assert (policy["default-src"], policy["frame-ancestors"], policy["script-src"]) == ("'none'", "'none'", "'self'")
    assert {one for many in policy.values() for one in many.split()} - set(policy["form-action"].split()) == {"'none'"}
    assert (response["Referrer-Policy"], response["X-Frame-Options"]) == ("same-origin", "DENY")
    assert "no-store" in response["Cache-Control"]


def test_other_pages_lead_no_form_elsewhere(client, ada, cards):
    policy = client.get("/bookings/")["Content-Security-Policy"]
    assert "form-action 'self';" in f"{policy};"


# --- Back from the provider -------------------------------------------------------------------------------


def test_who_comes_back_before_the_money_waits_and_is_not_told_that_it_is_paid(client, ada, cards):
    booking = basket(paid_event("card"), customer=ada)
    choose(client, booking, "card")
    response = client.get(page("paid", booking))
    assert (response.status_code, again(booking).status) == (200, "pending")
    assert "Not paid yet, as far as we know" in response.content.decode()


def test_who_comes_back_with_the_money_is_led_to_the_booking(client, ada, cards):
    booking = basket(paid_event("card"), customer=ada)
    choose(client, booking, "card")
    cards.pay(Payment.objects.get().provider_id)
    response = client.get(page("paid", booking), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == booking.get_absolute_url()
    assert client.get(page("paid", booking)).url == booking.get_absolute_url()
    assert "You’re going!" in client.get(booking.get_absolute_url()).content.decode()


def test_pages_that_ask_again_and_again_ask_the_provider_seldom(client, ada, cards, monkeypatch):
    monkeypatch.setattr(asking, "AT_MOST_EVERY", timedelta(hours=1))
    booking = basket(paid_event("card"), customer=ada)
    choose(client, booking, "card")
    for _ in range(3):
        client.get(page("paid", booking), headers={"HX-Request": "true"})
    assert len([one for one in cards.faults.seen if one.startswith("GET")]) == 1


# --- Bank transfers ---------------------------------------------------------------------------------------


def test_a_transfer_is_told_to_the_cent_with_its_reference(client, ada):
    booking = basket(quantity=2, customer=ada)
    under_way(booking)
    words = client.get(page("transfer", booking)).content.decode()
    assert [one for one in ("€25.00", booking.reference, "PT50 0002 0123", "Team") if one not in words] == []
    assert client.get(booking.get_absolute_url(), follow=True).redirect_chain[-1][0] == page("transfer", booking)


def test_a_part_that_arrived_is_named(client, ada):
    booking = basket(quantity=2, customer=ada)
    book_in(under_way(booking), 1000)
    words = client.get(page("transfer", booking)).content.decode()
    assert "€10.00 of €25.00 arrived" in words
    assert "Transfer €15.00" in words
    assert "€10.00 of €25.00 arrived" in client.get("/bookings/").content.decode()


def test_my_bookings_show_a_transfer_that_is_awaited_and_no_basket(client, ada):
    booking = basket(customer=ada)
    under_way(booking)
    words = client.get("/bookings/").content.decode()
    assert "waiting for your transfer of €12.50" in words
    assert "Finish booking" not in words


def test_who_would_rather_pay_in_another_way_can(client, ada):
    booking = basket(paid_event("transfer", "door"), customer=ada)
    under_way(booking)
    assert client.get(page("checkout", booking)).url == page("transfer", booking)
    assert client.get(page("checkout", booking) + "?another=1").status_code == 200
    client.post(page("checkout", booking) + "?another=1", DETAILS | {"method": "door"})
    assert (again(booking).status, again(booking).paid_by) == ("confirmed", "door")


def test_a_booking_that_awaits_no_transfer_is_seen_where_it_is(client, ada):
    assert client.get(page("transfer", booking := make_booking(customer=ada))).url == booking.get_absolute_url()


# --- Too late ---------------------------------------------------------------------------------------------


def test_money_that_came_too_late_leads_from_everywhere_to_one_page_with_two_ways(client, ada):
    booking = came_late(ada)
    for start in (booking.get_absolute_url(), page("checkout", booking), page("paid", booking)):
        assert client.get(start, follow=True).redirect_chain[-1][0] == page("late", booking)
    words = client.get(page("late", booking)).content.decode()
    assert [one for one in ("€12.50", "Wait first in line", "Money back now") if one not in words] == []
    assert page("late", booking) in client.get("/bookings/").content.decode()


def test_the_money_is_taken_back_once(client, ada):
    booking = came_late(ada)
    for _ in range(2):
        response = client.post(page("late", booking), {"choice": "refund"}, follow=True)
    assert [(refund.amount, refund.kind) for refund in Refund.objects.all()] == [(PRICE, "late")]
    assert "Your money goes back to you" in response.content.decode()


def test_who_rather_waits_is_first_in_line_and_may_still_take_the_money(client, ada):
    booking = came_late(ada)
    for _ in range(2):
        response = client.post(page("late", booking), {"choice": "line"}, follow=True)
    assert "You are first in line" in response.content.decode()
    assert not Refund.objects.exists()
    assert "you are first in line for 1 seat" in client.get("/bookings/").content.decode()
    client.post(page("late", booking), {"choice": "refund"})
    assert (Refund.objects.get().amount, Rescue.objects.get().status) == (PRICE, "refunded")


@pytest.mark.parametrize("choice", ["", "nonsense", "\x00"])
def test_a_choice_that_is_none_decides_nothing(client, ada, choice):
    booking = came_late(ada)
    assert client.post(page("late", booking), {"choice": choice}).url == page("late", booking)
    assert Rescue.objects.get().status == "asked"


def test_without_a_choice_there_is_nothing_to_see(client, ada):
    assert client.get(page("late", booking := make_booking(customer=ada))).url == booking.get_absolute_url()


@pytest.mark.parametrize("name", ["paid", "transfer", "late"])
def test_the_money_of_others_is_nobody_s_business(client, ada, name):
    assert client.get(page(name, came_late(make_user()))).status_code == 404
    client.logout()
    assert client.get(page(name, basket())).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_transfer_takes_the_same_queries_however_many_lines(
    client, ada, django_assert_num_queries, number
):
    types = [TicketTypeInput(name=f"Type {index}", price=Decimal(5)) for index in range(number)]
    event = paid_event(ticket_types=types)
    wanted = bookings.Request(event.pk, [(one.pk, 1) for one in event.types_for_sale()])
    booking = bookings.hold(request=wanted, customer_id=ada.pk, now=timezone.now())
    under_way(booking)
    with django_assert_num_queries(9):
        assert client.get(page("transfer", booking)).status_code == 200


def test_what_is_free_asks_nothing_about_money(client, ada, django_assert_num_queries):
    booking = make_hold(make_event(), ada)
    with django_assert_num_queries(6):
        client.get(page("checkout", booking))
