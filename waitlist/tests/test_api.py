"""The API's doors to the line."""

import pytest
from django.utils import timezone

from bookings import operations as bookings
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_draft, make_event, make_place, make_user
from waitlist.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("Ada")


@pytest.fixture
def api(ada):
    return Api(ada)


def full(seats=1, **changes):
    event = make_event(capacity=seats, **changes)
    return event, make_booking(event, quantity=seats)


def join(api, event, body=None):
    return api.send("POST", f"/api/waitlist/join/{event.pk}", {"quantity": 1} if body is None else body)


def test_joining_answers_with_the_place(api):
    event, _ = full()
    make_place(event)
    response = join(api, event)
    place = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/waitlist/{place['id']}" == place["links"]["self"]
    assert (place["status"], place["quantity"], place["position"], place["ahead"]) == ("waiting", 1, 2, 1)
    assert (place["order"], place["offer_expires_at"], place["links"]["accept"]) == ("strict", None, None)
    assert response["Cache-Control"] == "private, no-store"


def test_an_offer_is_accepted_as_a_booking(api):
    event, booking = full()
    place = join(api, event).json()
    bookings.cancel(booking=booking, now=timezone.now())
    offered = api.send("GET", f"/api/waitlist/{place['id']}").json()
    assert (offered["status"], offered["position"], offered["ahead"]) == ("offered", None, None)
    assert offered["offer_expires_at"] > place["joined_at"]
    accepted = api.send("POST", offered["links"]["accept"])
    assert (accepted.status_code, accepted.json()["status"]) == (201, "confirmed")
    again = api.send("POST", f"/api/waitlist/{place['id']}/accept")
    assert (again.status_code, again.json()["id"]) == (200, accepted.json()["id"])
    over = api.send("GET", f"/api/waitlist/{place['id']}").json()
    assert (over["status"], over["links"]["booking"]) == ("accepted", accepted["Location"])


def test_passing_and_leaving(api):
    event, booking = full()
    place = join(api, event).json()["id"]
    assert_problem(api.send("POST", f"/api/waitlist/{place}/pass"), 409, "no-offer")
    assert_problem(api.send("POST", f"/api/waitlist/{place}/accept"), 409, "no-offer")
    bookings.cancel(booking=booking, now=timezone.now())
    passed = api.send("POST", f"/api/waitlist/{place}/pass")
    assert (passed.status_code, passed.json()["status"]) == (200, "passed")
    assert_problem(api.send("DELETE", f"/api/waitlist/{place}"), 409, "not-in-line")
    again, _ = full()
    other = join(api, again).json()["id"]
    left = api.send("DELETE", f"/api/waitlist/{other}")
    assert (left.status_code, left.json()["status"]) == (200, "left")


def test_an_offer_whose_time_is_up_is_gone(api):
    event, booking = full()
    place = join(api, event).json()["id"]
    bookings.cancel(booking=booking, now=timezone.now())
    Entry.objects.update(offer_expires_at=timezone.now())
    assert_problem(api.send("POST", f"/api/waitlist/{place}/accept"), 410, "offer-lapsed")


def test_a_sold_out_answer_leads_to_the_line(api):
    event, _ = full()
    refusal = assert_problem(
        api.send("POST", "/api/bookings", {"event": str(event.pk), "quantity": 1}), 409, "sold-out"
    )
    assert api.send("POST", refusal["waitlist"], {"quantity": 1}).status_code == 201


def test_one_s_own_places_and_nobody_else_s(api, ada):
    mine = [str(make_place(customer=ada).pk) for _ in range(3)]
    make_place()
    first = api.send("GET", f"/api/waitlist/user/{ada.pk}?limit=2").json()
    assert [place["id"] for place in first["results"]] == mine[:0:-1]
    second = api.send("GET", first["next"]).json()
    assert [place["id"] for place in second["results"]] == mine[:1]
    assert api.send("GET", f"/api/waitlist/user/{ada.pk}?status=left").json()["results"] == []
    assert_problem(Api(make_user()).send("GET", f"/api/waitlist/user/{ada.pk}"), 403, "not-allowed")
    assert_problem(api.send("GET", f"/api/waitlist/user/{unknown_id()}"), 403, "not-allowed")
    assert Api(make_user(is_staff=True)).send("GET", f"/api/waitlist/user/{ada.pk}").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_places_take_the_same_queries_however_many(api, ada, django_assert_num_queries, number):
    for _ in range(number):
        make_place(customer=ada)
    with django_assert_num_queries(1):
        api.send("GET", f"/api/waitlist/user/{ada.pk}")


def test_other_people_s_places_do_not_exist(api):
    place = make_place().pk
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/pass"), ("POST", "/accept")]:
        assert_problem(api.send(method, f"/api/waitlist/{place}{path}"), 404, "not-found")


def test_without_a_token_there_is_no_line():
    event, _ = full()
    assert_problem(join(Api(), event), 401, "not-authenticated")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 10**30}, "quantity"),
        ({"quantity": 1, "ticket_type": "x"}, "ticket_type"),
        ({"quantity": 1, "ticket_type": unknown_id()}, "ticket_type"),
        ({"quantity": 1, "lead_time_hours": 337}, "lead_time_hours"),
        ({"quantity": 1, "lead_time_hours": -1}, "lead_time_hours"),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(api, body, field):
    event, _ = full()
    assert_problem(join(api, event, body), 400, "invalid", field)
    assert not Entry.objects.exists()


def test_refusals_say_what_to_do_instead(api, ada):
    assert assert_problem(join(api, make_event(capacity=3)), 409, "not-sold-out")["available"] == 3
    event, _ = full()
    place = join(api, event).json()["id"]
    assert assert_problem(join(api, event), 409, "already-in-line")["entry"] == place
    other = make_event(capacity=1)
    booking = make_booking(other, ada)
    assert assert_problem(join(api, other), 409, "already-booked")["booking"] == str(booking.pk)


def test_drafts_and_unknown_events_have_no_line(api):
    assert_problem(join(api, make_draft()), 404, "not-found")
    assert api.send("POST", f"/api/waitlist/join/{unknown_id()}", {"quantity": 1}).status_code == 404


def test_one_may_wait_for_a_type_that_is_sold_out_alone(api):
    types = [TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)]
    event = make_event(ticket_types=types)
    seat, box = event.types_for_sale()
    make_booking(event, items=[(box.pk, 1)])
    assert_problem(join(api, event), 409, "not-sold-out")
    place = join(api, event, {"quantity": 1, "ticket_type": str(box.pk), "lead_time_hours": 12}).json()
    assert (place["ticket_type"], place["lead_time_hours"], place["position"]) == (str(box.pk), 12, 1)
    assert api.send("GET", f"/api/events/{event.pk}/availability").json()["waiting"] == 0
