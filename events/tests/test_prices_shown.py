"""What guests see of prices: all in, from the first card on, with what is in them."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings.operations import Request, book
from events import operations
from events.operations import TicketTypeInput
from tests.api import Api
from tests.factories import make_code, make_draft, make_event, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db

SEAT = TicketTypeInput("Seat", price=Decimal("10.00"))
BOX = TicketTypeInput("Box", price=Decimal("20.00"), tax_rate=Decimal(6))
BACKSTAGE = TicketTypeInput("Backstage", price=Decimal("50.00"), hidden=True)


def taxed(rate="23", included=False, **changes):
    team = make_team()
    by, now = owner_of(team), timezone.now()
    operations.set_tax(team=team, name="IVA", rate=Decimal(rate), included=included, by=by, now=now)
    return make_event(team, **{"ticket_types": [SEAT], **changes})


def flat(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_cards_pages_and_search_engines_see_what_a_guest_pays(client):
    event = taxed(fee_fixed=Decimal("1.50"))
    card, page = client.get(reverse("events:list")), client.get(event.get_absolute_url())
    assert "€13.80 incl. 23 % IVA and €1.50 booking fee" in flat(card)
    assert "€13.80 All in, incl. 23 % IVA and €1.50 booking fee." in flat(page)
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert json.loads(script)["offers"][0]["price"] == "13.80"
    for most, found in (("13.79", 0), ("13.80", 1)):
        assert len(client.get("/api/events", {"price_max": most}).json()["results"]) == found


def test_a_card_of_several_prices_names_what_is_in_them(client):
    taxed(included=True, ticket_types=[SEAT, BOX])
    assert "From €10.00 incl. IVA" in flat(client.get(reverse("events:list")))


def test_what_is_free_bears_nothing(client):
    event = taxed(ticket_types=[TicketTypeInput("Seat")], fee_fixed=Decimal(2), fee_percent=Decimal(10))
    assert event.types_for_sale().get().price == 0
    assert "incl." not in flat(client.get(event.get_absolute_url()))


def test_a_change_of_the_teams_tax_is_a_change_of_all_prices_to_come():
    event = taxed(ticket_types=[SEAT, BOX])
    draft = make_draft(event.organizer, ticket_types=[SEAT])
    team, by, now = event.organizer, owner_of(event.organizer), timezone.now()
    operations.set_tax(team=team, name="VAT", rate=Decimal(10), included=False, by=by, now=now)
    assert [one.price for one in event.types_for_sale()] == [1100, 2120]
    assert [one.price for one in draft.types_for_sale()] == [1100]
    event.refresh_from_db()
    assert (event.lowest_price, event.highest_price) == (Decimal("11.00"), Decimal("21.20"))


def test_editing_an_event_again_and_again_leaves_its_prices_as_they_are():
    event = taxed(fee_percent=Decimal(5))
    by, now = owner_of(event.organizer), timezone.now()
    for _ in range(3):
        event.refresh_from_db()
        data = operations.input_of(event)
        operations.edit_event(event=event, data=data, version=event.version, by=by, now=now)
    assert [(one.asked_price, one.price, one.fee) for one in event.types_for_sale()] == [(1000, 1292, 62)]


def test_hidden_tickets_are_nowhere_to_be_seen(client):
    event = make_event(ticket_types=[SEAT, BACKSTAGE])
    for path in (event.get_absolute_url(), reverse("events:list"), f"/api/events/{event.pk}", "/api/events"):
        assert "Backstage" not in client.get(path).text
    event.refresh_from_db()
    assert event.highest_price == Decimal("10.00")


def test_a_code_shows_what_it_unlocks_and_what_it_takes_off(client):
    event = make_event(ticket_types=[SEAT, BACKSTAGE])
    make_code(event, "CREW", unlocks=True, limit=7)
    page = client.get(event.get_absolute_url(), {"code": "crew"}, follow=True)
    assert (page.status_code, page.redirect_chain[0][1]) == (200, 302)
    words = flat(page)
    for said in ("CREW: 20 % off", "Good for 7 more tickets", "Was €10.00 €8.00", "Backstage", "Was €50.00 €40.00"):
        assert said in words
    assert page["Cache-Control"].split(", ")[0] == "max-age=0"
    assert 'name="code" value="CREW"' in page.text


@pytest.mark.parametrize("typed", ["NOBODY", "x" * 5000, "💥", "<script>", "' OR 1=1"])
def test_a_code_that_is_no_good_says_so_on_the_page(client, typed):
    make_code(event := make_event(ticket_types=[SEAT]))
    page = client.get(reverse("events:with_code", args=[event.slug]), {"code": typed})
    assert page.status_code == 422
    assert "There is no such promo code for this event." in flat(page)


def test_a_code_that_is_used_up_says_so_before_anybody_chooses(client):
    code = make_code(event := make_event(ticket_types=[SEAT]), limit=1)
    request = Request(event.pk, quantity=1, code=code.code)
    book(request=request, customer_id=make_user().pk, now=timezone.now())
    page = client.get(reverse("events:with_code", args=[event.slug]), {"code": "EARLY"})
    assert (page.status_code, "The code EARLY is used up." in flat(page)) == (422, True)


def test_a_page_asks_for_a_code_only_where_there_are_some(client):
    event = make_event(ticket_types=[SEAT])
    assert "Promo code" not in flat(client.get(event.get_absolute_url()))
    code = make_code(event)
    assert "Promo code" in flat(client.get(event.get_absolute_url()))
    operations.switch_code(code=code, active=False, by=owner_of(event.organizer), now=timezone.now())
    assert "Promo code" not in flat(client.get(event.get_absolute_url()))


# --- The API ------------------------------------------------------------------------------------------


def test_the_api_says_what_was_entered_what_a_guest_pays_and_why():
    event = taxed(fee_fixed=Decimal("1.50"))
    [one] = Api().send("GET", f"/api/events/{event.pk}").json()["ticket_types"]
    assert {name: one[name] for name in ("price", "total_price", "tax_rate", "tax", "fee")} == {
        "price": "10.00",
        "total_price": "13.80",
        "tax_rate": None,
        "tax": {"name": "IVA", "rate": "23", "amount": "2.58"},
        "fee": {"name": "booking fee", "amount": "1.50"},
    }


def test_what_an_organiser_reads_by_api_can_be_sent_back_without_losing_anything():
    event = taxed(ticket_types=[SEAT, BOX, BACKSTAGE], fee_fixed=Decimal("1.50"), fee_percent=Decimal("2.5"))
    api = Api(owner_of(event.organizer))
    read = api.send("GET", f"/api/events/{event.pk}").json()
    sent = ["id", "name", "price", "tax_rate", "hidden", "capacity"]
    body = {
        "version": read["version"],
        "ticket_types": [{name: one[name] for name in sent} for one in read["ticket_types"]],
        **{name: read[name] for name in ("fee_name", "fee_fixed", "fee_percent")},
    }
    changed = api.send("PATCH", f"/api/events/{event.pk}", body)
    assert changed.status_code == 200, changed.json()
    assert changed.json()["ticket_types"] == read["ticket_types"]
    assert [one["name"] for one in read["ticket_types"]] == ["Seat", "Box", "Backstage"]
    assert read["state"] == "open"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fee_fixed": "-1"}, "fee_fixed"),
        ({"fee_fixed": "0.001"}, "fee_fixed"),
        ({"fee_percent": "100.5"}, "fee_percent"),
        ({"fee_percent": "NaN"}, "fee_percent"),
        ({"fee_name": " "}, "fee_name"),
        ({"ticket_types": [{"name": "A", "tax_rate": "101"}]}, "ticket_types.0.tax_rate"),
        ({"ticket_types": [{"name": "A", "tax_rate": "-0.001"}]}, "ticket_types.0.tax_rate"),
        ({"ticket_types": [{"name": "A", "hidden": "perhaps"}]}, "ticket_types.0.hidden"),
    ],
)
def test_nonsense_about_money_is_refused_by_name(changes, field):
    event = make_draft()
    answer = Api(owner_of(event.organizer)).send("PATCH", f"/api/events/{event.pk}", {"version": 1, **changes})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


# --- The page of a team's tax ---------------------------------------------------------------------------


def page_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_owner_sets_the_tax_of_the_team():
    team = make_team(olga := make_user("Olga"))
    url = reverse("organise:tax", args=[team.pk])
    answer = page_of(olga).post(url, {"tax_name": "MwSt", "tax_rate": "7.7", "tax_included": "no"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    team.refresh_from_db()
    assert (team.tax_name, team.tax_rate, team.tax_included) == ("MwSt", Decimal("7.7"), False)
    assert b'value="7.7"' in page_of(olga).get(url).content


@pytest.mark.parametrize(
    "changes",
    [{"tax_rate": "101"}, {"tax_rate": "-1"}, {"tax_rate": "NaN"}, {"tax_rate": "1.23456"}, {"tax_name": "\u202e"},
     {"tax_name": "x" * 21}, {"tax_included": "maybe"}, {"tax_name": ""}],
)  # fmt: skip
def test_a_tax_that_makes_no_sense_is_refused_beside_its_field(changes):
    team = make_team(olga := make_user("Olga"))
    typed = {"tax_name": "VAT", "tax_rate": "20", "tax_included": "yes", **changes}
    answer = page_of(olga).post(reverse("organise:tax", args=[team.pk]), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) in [(422, list(changes)), (400, list(changes))]
    team.refresh_from_db()
    assert team.tax_rate == 0


@pytest.mark.parametrize(
    ("rate", "shown"), [("20", "20"), ("0", "0"), ("100", "100"), ("7.700", "7.7"), ("8.875", "8.875")]
)
def test_rates_stand_in_forms_as_people_write_them(rate, shown):
    event = taxed(rate, ticket_types=[SEAT, replace(BOX, tax_rate=Decimal(rate))], fee_percent=Decimal(rate))
    code = make_code(event, percent=Decimal(rate) or Decimal(10))
    page = page_of(owner_of(event.organizer))
    assert f'value="{shown}"' in page.get(reverse("organise:tax", args=[event.organizer_id])).text
    form = page.get(reverse("organise:edit", args=[event.slug])).context["editor"]
    assert (str(form.form["fee_percent"].value()), str(form.rows[1]["tax_rate"].value())) == (shown, shown)
    shown_code = page.get(reverse("organise:edit_code", args=[event.slug, code.pk])).context["form"]
    assert str(shown_code["percent"].value()) == (shown if rate != "0" else "10")


def test_a_manager_sees_the_tax_and_a_stranger_does_not():
    team = make_team()
    Membership.objects.create(team=team, user=(ben := make_user("Ben")), role="manager")
    url = reverse("organise:tax", args=[team.pk])
    assert page_of(ben).get(url).status_code == 200
    refused = page_of(ben).post(url, {"tax_name": "VAT", "tax_rate": "20", "tax_included": "yes"})
    assert refused.status_code == 403
    assert page_of(make_user("Eve")).get(url).status_code == 404
