"""Promo codes by API."""

from decimal import Decimal

import pytest

from accounts.models import Membership
from events.models import PromoCode
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem
from tests.factories import make_code, make_event, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db

SEAT = TicketTypeInput("Seat", price=Decimal("10.00"))


@pytest.fixture
def event():
    return make_event(ticket_types=[SEAT])


@pytest.fixture
def api(event):
    return Api(owner_of(event.organizer))


def path(event, *more: object) -> str:
    return "/".join(map(str, [f"/api/events/{event.pk}/codes", *more]))


def test_a_code_is_made_read_changed_and_used(api, event):
    body = {"code": "early", "kind": "amount", "amount": "2.50", "limit": 3}
    made = api.send("POST", path(event), body)
    assert (made.status_code, made["Location"]) == (201, path(event, made.json()["id"]))
    assert api.send("GET", made["Location"]).json() == made.json()
    ada = Api(make_user())
    booked = ada.send("POST", "/api/bookings", {"event": str(event.pk), "quantity": 2, "code": "Early"}).json()
    assert (booked["code"], booked["total"]) == ("EARLY", "15.00")
    [item] = booked["items"]
    assert (item["subtotal"], item["discount"], item["total"]) == ("20.00", "5.00", "15.00")
    changed = api.send("PATCH", made["Location"], {"kind": "percent", "percent": "50"})
    assert {name: changed.json()[name] for name in ("kind", "percent", "amount", "limit", "used")} == {
        "kind": "percent", "percent": "50", "amount": None, "limit": 3, "used": 2,
    }  # fmt: skip
    assert ada.send("GET", f"/api/bookings/{booked['id']}").json()["total"] == "15.00"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "NOBODY"}, 422, "promo-code-refused"),
        ({"code": "EARLY", "quantity": 3}, 409, "promo-code-used-up"),
        ({"code": 7}, 400, "invalid"),
        ({"code": "x" * 41}, 400, "invalid"),
    ],
)
def test_a_booking_with_a_code_that_is_no_good_is_refused(event, body, status, code):
    make_code(event, limit=2)
    answer = Api(make_user()).send("POST", "/api/bookings", {"event": str(event.pk), "quantity": 1, **body})
    assert_problem(answer, status, code, *(["code"] if status == 400 else []))


def test_a_code_is_switched_off_by_what_it_says(api, event):
    code = make_code(event)
    assert api.send("PATCH", path(event, code.pk), {"active": False}).json()["active"] is False
    assert [one["code"] for one in api.send("GET", f"{path(event)}?active=true").json()["results"]] == []
    assert [one["code"] for one in api.send("GET", path(event)).json()["results"]] == ["EARLY"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "free"}, "code"),
        ({"code": "a b", "kind": "free"}, "code"),
        ({"code": "EARLY", "kind": "half"}, "kind"),
        ({"code": "EARLY", "kind": "percent"}, "percent"),
        ({"code": "EARLY", "kind": "amount", "amount": "1e-9"}, "amount"),
        ({"code": "EARLY", "kind": "free", "limit": 0}, "limit"),
        ({"code": "EARLY", "kind": "free", "limit": True}, "limit"),
        ({"code": "EARLY", "kind": "free", "ticket_types": ["x"]}, "ticket_types.0"),
        ({"code": "EARLY", "kind": "free", "valid_from": "soon"}, "valid_from"),
    ],
)
def test_nonsense_is_refused_by_name(api, event, body, field):
    answer = api.send("POST", path(event), body)
    assert_problem(answer, 400, "invalid", field)
    assert not PromoCode.objects.exists()


def test_only_those_who_edit_the_event_hear_of_its_codes(event):
    code = make_code(event)
    Membership.objects.create(team=event.organizer, user=(dora := make_user("Dora")), role="door")
    for who, status in ((dora, 403), (make_user("Eve"), 404), (owner_of(make_team()), 404)):
        assert Api(who).send("GET", path(event)).status_code == status
        assert Api(who).send("PATCH", path(event, code.pk), {"active": False}).status_code == status
    assert Api().send("GET", path(event)).status_code == 401
    assert Api(owner_of(event.organizer)).send("GET", path(make_event(event.organizer), code.pk)).status_code == 404


@pytest.mark.parametrize("number", [1, 7])
def test_the_list_takes_the_same_queries_however_many_there_are(api, event, number, django_assert_num_queries):
    for index in range(number):
        make_code(event, f"CODE{index}")
    with django_assert_num_queries(4):
        assert len(api.send("GET", path(event)).json()["results"]) == number
