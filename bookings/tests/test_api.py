"""Booking by API."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.models import Booking
from bookings.tests.asking import book, nothing_happened, types_of
from events import operations as event_operations
from events.models import Event, Inventory
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_draft, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return make_user("Ada")


@pytest.fixture
def api(customer):
    return Api(customer)


# --- Book -------------------------------------------------------------------------------------------


def test_a_free_booking_is_confirmed_at_once(api, customer):
    event = make_event(title="Jazz", timezone="Europe/Lisbon")

    response = book(api, event, quantity=2)

    assert response.status_code == 201
    booking = Booking.objects.get()
    assert booking.customer == customer
    path = f"/api/bookings/{booking.pk}"
    assert response["Location"] == path
    assert "Idempotency-Replayed" not in response
    moment = "%Y-%m-%dT%H:%M:%SZ"
    assert response.json() == {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": "confirmed",
        "event": {
            "id": str(event.pk),
            "slug": "jazz",
            "title": "Jazz",
            "status": "published",
            "starts_at": event.starts_at.strftime(moment),
            "ends_at": event.ends_at.strftime(moment),
            "timezone": "Europe/Lisbon",
        },
        "online_url": "https://example.org/stream",
        "items": [
            {
                "ticket_type": types_of(event)[0],
                "name": "Admission",
                "quantity": 2,
                "numbers": [1, 2],
                "unit_price": "0.00",
                "subtotal": "0.00",
                "discount": "0.00",
                "total": "0.00",
                "tax_rate": "0",
                "tax": "0.00",
                "fee": "0.00",
            }
        ],
        "quantity": 2,
        "code": None,
        "total": "0.00",
        "currency": "EUR",
        "paid_by": None,
        "name": "",
        "email": "",
        "hold_expires_at": None,
        "created_at": booking.created_at.isoformat().replace("+00:00", "Z"),
        "cancellable_until": (event.starts_at - timedelta(hours=24)).strftime(moment),
        "refund_policy": [],
        "refund_if_cancelled": "0.00",
        "links": {
            "self": path,
            "event": f"/api/events/{event.pk}",
            "tickets": f"/api/tickets/{booking.pk}/download",
            "cancel": path,
            "pay": None,
            "payments": f"{path}/payments",
            "extend": None,
        },
    }


def test_several_ticket_types_are_one_booking(api):
    types = [TicketTypeInput("Adult", price=Decimal("12.50")), TicketTypeInput("Child", capacity=5)]
    event = make_event(ticket_types=types)
    adult, child = types_of(event)

    items = [{"ticket_type": child, "quantity": 1}, {"ticket_type": adult, "quantity": 2}]
    answer = book(api, event, items=items, name="Zoë", email="zoe@example.org").json()

    assert (answer["quantity"], answer["total"], answer["currency"]) == (3, "25.00", "EUR")
    assert [(item["name"], item["quantity"], item["subtotal"]) for item in answer["items"]] == [
        ("Child", 1, "0.00"),
        ("Adult", 2, "25.00"),
    ]
    assert (answer["name"], answer["email"]) == ("Zoë", "zoe@example.org")


@pytest.mark.parametrize("quantity", [0, -1, 1.0, 2.5, "2", "2.0", True, None, [], {}, 1001, 2**31, 10**30, "two", ""])
def test_a_quantity_is_a_whole_number_of_seats(api, quantity):
    assert_problem(book(api, make_event(), quantity=quantity), 400, "invalid", "quantity")
    assert nothing_happened()


@pytest.mark.parametrize("quantity", [0, -1, 1.0, "2", True, None, 1001, 10**30])
def test_so_is_the_quantity_of_an_item(api, quantity):
    event = make_event()
    items = [{"ticket_type": types_of(event)[0], "quantity": quantity}]
    assert_problem(book(api, event, items=items), 400, "invalid", "items.0.quantity")
    assert nothing_happened()


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ({}, "items"),
        ("all", "items"),
        (None, "items"),
        ([1], "items.0"),
        ([None], "items.0"),
        ([{}], "items.0.quantity"),
        ([{"quantity": 1}], "items.0.ticket_type"),
        ([{"ticket_type": 5, "quantity": 1}], "items.0.ticket_type"),
        ([{"ticket_type": "x", "quantity": 1}], "items.0.ticket_type"),
        ([{"ticket_type": unknown_id(), "quantity": 1}], "items"),
        ([{"ticket_type": unknown_id(), "quantity": 1} for _ in range(31)], "items"),
    ],
)
def test_items_that_make_no_sense_are_named(api, items, field):
    response = book(api, make_event(), items=items)
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert nothing_happened()


def test_a_type_named_twice_a_foreign_one_and_a_retired_one_are_refused(api):
    event = make_event(ticket_types=[TicketTypeInput("A"), TicketTypeInput("B")])
    first, second = types_of(event)
    foreign = types_of(make_event())[0]
    book(api, event, items=[{"ticket_type": second, "quantity": 1}])  # so that it is kept, off sale
    data = event_operations.input_of(event)
    kept = replace(data, ticket_types=data.ticket_types[:1])
    event_operations.edit_event(
        event=event, data=kept, version=event.version, by=owner_of(event.organizer), now=timezone.now()
    )

    for ids in ([first, first], [foreign], [second]):
        items = [{"ticket_type": one, "quantity": 1} for one in ids]
        assert_problem(book(api, event, items=items), 400, "invalid", "items")
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        ({"quantity": 1, "items": [{"ticket_type": unknown_id(), "quantity": 1}]}, "items"),
        ({"quantity": 1, "name": "x" * 121}, "name"),
        ({"quantity": 1, "name": 5}, "name"),
        ({"quantity": 1, "email": "nobody"}, "email"),
        ({"quantity": 1, "email": "x" * 250 + "@example.org"}, "email"),
    ],
)
def test_what_else_a_booking_says_is_checked(api, body, field):
    assert_problem(book(api, make_event(), **body), 400, "invalid", field)
    assert nothing_happened()


@pytest.mark.parametrize("event", ["", "x", 5, None, [], "00000000-0000-7000-8000-000000000000", "urn:uuid:x", "🎉"])
def test_an_event_that_is_none_is_named(api, event):
    response = api.send("POST", "/api/bookings", {"event": event, "quantity": 1})
    assert_problem(response, 400, "invalid", "event")


def test_several_types_need_to_be_named(api):
    event = make_event(ticket_types=[TicketTypeInput("A"), TicketTypeInput("B")])
    assert_problem(book(api, event, quantity=1), 400, "invalid", "items")
    assert nothing_happened()


def test_what_is_not_on_sale_can_not_be_booked(api):
    now = timezone.now()
    draft = make_draft()
    early = make_event(ticket_types=[TicketTypeInput("A", sales_start_at=now + timedelta(days=1))])
    late = make_event(ticket_types=[TicketTypeInput("A", sales_end_at=now - timedelta(days=1))])
    past = make_event(now=now - timedelta(days=9), starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2))
    cancelled = make_event()
    Event.objects.filter(pk=cancelled.pk).update(status="cancelled")

    assert_problem(book(api, draft, quantity=1), 400, "invalid", "event")
    for event in (early, late, past, cancelled):
        assert_problem(book(api, event, quantity=1), 409, "not-on-sale")
    assert nothing_happened()


def test_sold_out_says_how_many_are_left(api):
    types = [TicketTypeInput("A"), TicketTypeInput("Front", capacity=2)]
    event = make_event(capacity=3, ticket_types=types)
    front = types_of(event)[1]

    problem = assert_problem(book(api, event, items=[{"ticket_type": front, "quantity": 3}]), 409, "sold-out")

    assert (problem["available"], problem["ticket_type"]) == (2, front)
    assert nothing_happened()


def test_more_than_one_person_may_book_is_refused(api):
    event = make_event(max_per_person=3)
    book(api, event, quantity=2)

    problem = assert_problem(book(api, event, quantity=2), 409, "over-personal-limit")

    assert (problem["limit"], problem["available"]) == (3, 1)
    assert Booking.objects.count() == 1


def test_nobody_books_without_a_token():
    event = make_event()
    api = Api()
    api.force_login(make_user())  # a cookie is no token
    assert_problem(book(api, event, quantity=1), 401, "not-authenticated")
    assert nothing_happened()


# --- The same request again --------------------------------------------------------------------------


def test_a_repeated_request_gets_the_first_answer(api):
    event = make_event()
    first = book(api, event, quantity=2, Idempotency_Key="tap 1")
    again = book(api, event, quantity=2, Idempotency_Key="tap 1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Booking.objects.count() == 1
    assert Inventory.objects.get().claimed == 2


def test_a_repeated_request_gets_its_answer_even_when_all_else_is_sold(api):
    event = make_event(capacity=2)
    first = book(api, event, quantity=2, Idempotency_Key="tap 1")
    assert book(api, event, quantity=2, Idempotency_Key="tap 1").json() == first.json()


def test_another_request_under_the_same_key_is_refused(api):
    event = make_event()
    book(api, event, quantity=1, Idempotency_Key="tap 1")

    assert_problem(book(api, event, quantity=2, Idempotency_Key="tap 1"), 422, "idempotency-key-reused")
    assert_problem(book(api, make_event(), quantity=1, Idempotency_Key="tap 1"), 422, "idempotency-key-reused")
    assert Booking.objects.count() == 1


def test_keys_of_different_people_have_nothing_to_do_with_each_other(api):
    event = make_event()
    book(api, event, quantity=1, Idempotency_Key="tap 1")
    assert book(Api(make_user()), event, quantity=2, Idempotency_Key="tap 1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 129, "é", "a\tb", "\x7f"])
def test_a_key_that_is_none_books_nothing(api, key):
    response = book(api, make_event(), quantity=1, Idempotency_Key=key)
    assert_problem(response, 400, "invalid", "Idempotency-Key")
    assert nothing_happened()
