from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from events import operations as event_operations
from events.models import Inventory
from events.operations import TicketTypeInput
from tests.factories import PASSWORD, make_booking, make_draft, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def two_types(**changes):
    types = [TicketTypeInput(name="Standard"), TicketTypeInput(name="Balcony", price=Decimal("12.50"), capacity=2)]
    return make_event(ticket_types=types, **changes)


def selection(event, *quantities, key="k1") -> dict[str, object]:
    types = event.types_for_sale()
    return {"key": key, **{f"quantity_{one.pk}": number for one, number in zip(types, quantities, strict=True)}}


def start(client, event, data, **headers):
    return client.post(reverse("bookings:start", args=[event.slug]), data, **headers)


def seats_taken() -> int:
    return sum(Inventory.objects.values_list("claimed", flat=True))


def test_a_selection_becomes_a_basket_and_leads_to_its_checkout(client, ada):
    event = two_types()

    response = start(client, event, selection(event, 2, 1))

    basket = Booking.objects.get()
    assert (response.status_code, response.url) == (302, reverse("payments:checkout", args=[basket.pk]))
    assert (basket.status, basket.quantity, basket.total, basket.customer) == ("pending", 3, 1250, ada)


def test_htmx_is_sent_to_the_checkout_as_a_whole_page(client, ada):
    event = make_event()

    response = start(client, event, selection(event, 1), headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response["HX-Redirect"] == reverse("payments:checkout", args=[Booking.objects.get().pk])


def test_a_double_click_makes_one_basket(client, ada):
    event = make_event()

    first, second = (start(client, event, selection(event, 2)) for _ in range(2))

    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_going_back_and_choosing_otherwise_makes_another_basket(client, ada):
    event = make_event()

    first, second = start(client, event, selection(event, 2)), start(client, event, selection(event, 3))

    assert first.url != second.url
    assert sorted(Booking.objects.values_list("quantity", flat=True)) == [2, 3]


def test_somebody_elses_key_is_just_a_key(client, ada):
    event = make_event()
    start(client, event, selection(event, 2))
    client.force_login(make_user("Eve"))

    start(client, event, selection(event, 2))

    assert Booking.objects.values("customer").distinct().count() == 2


def test_a_visitor_signs_in_and_goes_on_with_what_was_chosen(client):
    ada = make_user("Ada")
    event = two_types()

    to_login = start(client, event, selection(event, 2, 1))
    assert to_login.url == f"{reverse('account_login')}?next={reverse('bookings:start', args=[event.slug])}"
    assert Booking.objects.count() == 0
    back = client.post(to_login.url, {"login": ada.email, "password": PASSWORD})
    assert back.url == reverse("bookings:start", args=[event.slug])
    page = client.get(back.url)
    assert [line.quantity for line in page.context["lines"]] == [2, 1]
    response = start(client, event, selection(event, 2, 1, key=page.context["key"]))

    assert response.url == reverse("payments:checkout", args=[Booking.objects.get(customer=ada).pk])
    assert client.get(back.url).url == event.get_absolute_url()


def test_a_visitor_on_htmx_is_sent_to_sign_in_as_a_whole_page(client):
    event = make_event()

    response = start(client, event, selection(event, 1), headers={"HX-Request": "true"})

    assert response["HX-Redirect"].startswith(reverse("account_login"))


def test_a_visitor_without_a_selection_signs_in_first(client):
    event = make_event()

    response = client.get(reverse("bookings:start", args=[event.slug]))

    assert response.url.startswith(reverse("account_login"))


def test_a_selection_for_another_event_is_not_offered(client, ada):
    chosen, other = make_event(), make_event()
    client.logout()
    start(client, chosen, selection(chosen, 2))
    client.force_login(ada)

    assert client.get(reverse("bookings:start", args=[other.slug])).url == other.get_absolute_url()


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("abc", "Admission: A whole number."),
        ("1.5", "Admission: A whole number."),
        ("-1", "Admission: A whole number, 0 or more."),
        ("9" * 30, "Admission: At most 1000 in one booking."),
        ("9" * 5000, "Admission: A whole number."),
        ("1\x00", "Admission: A whole number."),
        ("½", "Admission: A whole number."),
        ("", "Choose at least one ticket."),
        ("0", "Choose at least one ticket."),
        ("11", "Admission: from 1 to 10 in one booking, not 11."),
    ],
)
def test_a_quantity_that_makes_no_sense_is_a_422_that_says_why(client, ada, quantity, sentence):
    event = make_event(capacity=50)

    response = start(client, event, selection(event, quantity))

    assert (response.status_code, response.context["errors"]) == (422, [sentence])
    assert (Booking.objects.count(), seats_taken()) == (0, 0)


def test_what_was_entered_is_shown_again(client, ada):
    event = two_types()

    response = start(client, event, selection(event, "abc", 1))

    assert [line.quantity for line in response.context["lines"]] == ["abc", "1"]


@pytest.mark.parametrize("name", ["quantity_nonsense", "quantity_01a203c4-9c88-71ac-aaea-bbf9f67eb925", "quantity_"])
def test_ticket_types_that_do_not_exist_are_refused(client, ada, name):
    event = make_event()

    response = start(client, event, selection(event, 1) | {name: "1"})

    assert response.status_code == 422
    assert response.context["errors"] == ["One of these tickets is not offered for this event. Please choose again."]
    assert Booking.objects.count() == 0


def test_another_events_ticket_type_is_refused(client, ada):
    event, other = make_event(), make_event()

    response = start(client, event, selection(other, 1))

    assert (response.status_code, Booking.objects.count()) == (422, 0)


@pytest.mark.parametrize("key", ["x" * 65, "a\x00b"])
def test_a_damaged_key_is_refused(client, ada, key):
    event = make_event()

    response = start(client, event, selection(event, 1, key=key))

    assert (response.status_code, Booking.objects.count()) == (422, 0)


def test_a_form_without_a_key_still_books(client, ada):
    event = make_event()

    assert start(client, event, selection(event, 1, key="")).status_code == 302


def test_a_lost_race_says_what_is_left(client, ada):
    event = make_event(capacity=3)
    make_booking(event, quantity=1)

    response = start(client, event, selection(event, 3))

    assert (response.status_code, response.context["errors"]) == (409, ["Only 2 left."])
    assert [line.quantity for line in response.context["lines"]] == ["3"]


def test_a_refusal_is_the_picker_for_htmx_and_the_page_for_others(client, ada):
    event = make_event(capacity=1)
    make_booking(event)

    fragment = start(client, event, selection(event, 1), headers={"HX-Request": "true"})
    page = start(client, event, selection(event, 1))

    assert (fragment.status_code, page.status_code) == (409, 409)
    assert (b"<!doctype html>" in fragment.content, b"<!doctype html>" in page.content) == (False, True)
    assert b"Sold out." in fragment.content
    assert b"Sold out." in page.content


def test_the_page_after_a_refusal_brings_a_fresh_key(client, ada):
    event = make_event(capacity=1)

    response = start(client, event, selection(event, 2, key="mine"))

    assert str(response.context["key"]) != "mine"


def test_over_the_limit_per_person_is_refused_in_words(client, ada):
    event = make_event(max_per_person=2)
    make_booking(event, ada, quantity=2)

    response = start(client, event, selection(event, 1))

    assert (response.status_code, len(response.context["errors"])) == (409, 1)
    assert "allows 2 per person" in response.context["errors"][0]


def test_a_cancelled_event_takes_no_bookings(client, ada):
    event = make_event()
    data = selection(event, 1)
    event_operations.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())

    response = start(client, event, data)

    assert response.status_code == 409
    assert response.context["errors"] == [f"{event.title} is cancelled: no tickets are sold."]


def test_a_past_event_takes_no_bookings(client, ada):
    past = timezone.now() - timedelta(days=2)
    event = make_event(now=past - timedelta(days=1), starts_at=past, ends_at=past + timedelta(hours=1))

    response = start(client, event, selection(event, 1))

    assert (response.status_code, Booking.objects.count()) == (409, 0)


def test_a_draft_is_not_there(client, ada):
    draft = make_draft()

    assert start(client, draft, selection(draft, 1)).status_code == 404


@pytest.fixture
def strict(ada) -> Client:
    """A browser that minds who sent a form, as every browser does outside tests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    return client


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_a_form_from_elsewhere_is_refused(strict, headers):
    event = make_event()

    response = start(strict, event, selection(event, 1), headers=headers)

    assert response.status_code == 403
    assert "This form has gone stale" in response.text
    assert (Booking.objects.count(), seats_taken()) == (0, 0)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}]
)
def test_a_form_of_our_own_needs_no_token(strict, headers):
    event = make_event()

    assert start(strict, event, selection(event, 1), headers=headers).status_code == 302


def test_a_browser_that_says_nothing_needs_the_token(strict):
    event = make_event()
    strict.get("/account/")
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value

    assert start(strict, event, selection(event, 1) | {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_public_page_sets_no_cookie_and_holds_no_secret():
    event = make_event()
    for path in ("/", event.get_absolute_url()):
        answer = Client().get(path)
        assert not answer.cookies
        assert "csrf" not in answer.text.lower()
        assert "nonce" not in answer.text
        assert "nonce" not in answer["Content-Security-Policy"]


def test_putting_in_the_basket_takes_a_bounded_number_of_queries(client, ada, django_assert_max_num_queries):
    event = two_types()
    data = selection(event, 2, 1)

    with django_assert_max_num_queries(14):
        start(client, event, data)
