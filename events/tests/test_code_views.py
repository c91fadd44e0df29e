"""The organiser's pages of promo codes."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings.operations import Request, book
from events import operations
from events.models import PromoCode
from events.operations import TicketTypeInput
from tests.factories import make_code, make_event, make_team, make_user

pytestmark = pytest.mark.django_db

SEAT = TicketTypeInput("Seat", price=Decimal("10.00"))
BACKSTAGE = TicketTypeInput("Backstage", price=Decimal("50.00"), hidden=True)


@pytest.fixture
def olga():
    return make_user("Olga")


@pytest.fixture
def event(olga):
    return make_event(make_team(olga), ticket_types=[SEAT, BACKSTAGE], timezone="Europe/Lisbon")


@pytest.fixture
def page(olga) -> Client:
    return page_of(olga)


def page_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name, event, *args) -> str:
    return reverse(f"organise:{name}", args=[event.slug, *args])


def typed(**changes):
    return {"code": "early", "kind": "percent", "percent": "20", **changes}


def test_a_code_is_made_and_stands_in_the_list_with_its_uses(page, event):
    backstage = event.ticket_types.get(hidden=True)
    data = typed(ticket_types=[str(backstage.pk)], unlocks="on", limit="3", valid_from="2026-01-01T10:00", note="Crew")
    answer = page.post(url("new_code", event), data)
    assert (answer.status_code, answer["Location"]) == (302, url("codes", event))
    code = PromoCode.objects.get()
    assert (code.code, code.limit, code.unlocks, code.ticket_types) == ("EARLY", 3, True, [backstage.pk])
    assert code.valid_from.isoformat() == "2026-01-01T10:00:00+00:00"
    request = Request(event.pk, [(backstage.pk, 2)], code="early")
    book(request=request, customer_id=make_user().pk, now=timezone.now())
    listed = page.get(url("codes", event)).text
    for words in (
        "EARLY",
        "20 % off",
        "unlocks hidden tickets",
        "for Backstage",
        "<strong>2</strong> of 3 used",
        "Crew",
    ):
        assert words in listed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "ab"}, "code"),
        ({"code": "sch\u00f6n"}, "code"),
        ({"code": "a b c"}, "code"),
        ({"kind": "half"}, "kind"),
        ({"percent": ""}, "percent"),
        ({"percent": "0"}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"kind": "amount", "amount": ""}, "amount"),
        ({"kind": "amount", "amount": "0.001"}, "amount"),
        ({"kind": "amount", "amount": "-1"}, "amount"),
        ({"limit": "0"}, "limit"),
        ({"max_per_person": "1e9"}, "max_per_person"),
        ({"ticket_types": ["nonsense"]}, "ticket_types"),
        ({"valid_from": "2030-02-01T10:00", "valid_until": "2030-01-01T10:00"}, "valid_until"),
        ({"valid_from": "yesterday"}, "valid_from"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(page, event, changes, field):
    answer = page.post(url("new_code", event), typed(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not PromoCode.objects.exists()


def test_a_code_of_that_name_is_there_once_at_an_event(page, event):
    make_code(event)
    answer = page.post(url("new_code", event), typed())
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert make_code(make_event()).code == "EARLY"


def test_a_code_is_changed_and_its_times_stay_what_they_were(page, event):
    code = make_code(event, valid_until=timezone.now().replace(microsecond=123))
    shown = page.get(url("edit_code", event, code.pk)).context["form"]
    data = typed(percent="50", valid_until=shown["valid_until"].value())
    assert page.post(url("edit_code", event, code.pk), data).status_code == 302
    changed = PromoCode.objects.get()
    assert (changed.percent, changed.valid_until) == (50, code.valid_until)


def test_a_limit_below_what_is_used_is_refused_with_the_number(page, event):
    code = make_code(event)
    seat = event.ticket_types.get(hidden=False)
    book(request=Request(event.pk, [(seat.pk, 3)], code="EARLY"), customer_id=make_user().pk, now=timezone.now())
    answer = page.post(url("edit_code", event, code.pk), typed(limit="2"))
    assert (answer.status_code, "EARLY is used for 3 tickets" in answer.text) == (409, True)


def test_a_code_is_switched_off_and_on(page, event):
    code = make_code(event)
    for active in ("0", "0", "1"):
        assert page.post(url("switch_code", event, code.pk), {"active": active}).status_code == 302
        code.refresh_from_db()
        assert code.is_active == (active == "1")


def test_many_codes_are_made_at_once_and_come_as_a_file(page, event):
    answer = page.post(url("many_codes", event), typed(code="vip-", how_many="100", limit="1"))
    assert answer.status_code == 302
    body = b"".join(page.get(url("codes_file", event)).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(body)))
    assert len({row["Code"] for row in rows}) == 100
    assert all(row["Code"].startswith("VIP-") and row["Limit"] == "1" and row["Used"] == "0" for row in rows)
    assert rows[0]["Link"].endswith(f"/events/{event.slug}/code?code={rows[0]['Code']}")
    assert page.get(url("codes", event)).text.count('class="code-row"') == 50
    assert page.get(url("codes", event), {"search": rows[7]["Code"][4:]}).text.count('class="code-row"') == 1


@pytest.mark.parametrize(
    ("how_many", "prefix"), [("0", ""), ("1001", ""), ("x", ""), ("5", "sch\u00f6n"), ("5", "x" * 21)]
)
def test_too_many_codes_or_a_beginning_that_cannot_be_typed_are_refused(page, event, how_many, prefix):
    answer = page.post(url("many_codes", event), typed(code=prefix, how_many=how_many))
    assert answer.status_code == 422
    assert not PromoCode.objects.exists()


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_takes_the_same_queries_however_many_there_are(page, event, number, django_assert_num_queries):
    for index in range(number):
        make_code(event, f"CODE{index}", limit=5)
    page.get(url("codes", event))
    with django_assert_num_queries(9):
        page.get(url("codes", event))


@pytest.mark.parametrize("name", ["codes", "codes_file", "new_code", "many_codes"])
def test_only_those_who_edit_the_event_see_its_codes(event, name):
    Membership.objects.create(team=event.organizer, user=(dora := make_user("Dora")), role="door")
    assert page_of(dora).get(url(name, event)).status_code == 403
    assert page_of(make_user("Eve")).get(url(name, event)).status_code == 404
    assert Client().get(url(name, event)).status_code == 302


def test_nobody_makes_codes_for_an_event_that_is_over(page, event, olga):
    operations.cancel_event(event=event, version=event.version, by=olga, now=timezone.now())
    answer = page.post(url("new_code", event), typed())
    assert (answer.status_code, "sell nothing" in answer.text) == (409, True)
