"""Events by API: create, change, publish, cancel, delete."""

from decimal import Decimal

import pytest

from accounts.models import Membership
from events.models import Event, Inventory, TicketType
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_draft, make_event, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db

LISBON = {
    "name": "Casa do Rio",
    "address": "Rua do Cais 1",
    "city": "Lisbon",
    "country": "PT",
    "latitude": 38.7071,
    "longitude": -9.13549,
}
NEW = {
    "title": "Jazz by the River",
    "summary": "Three bands",
    "description": "# Hello",
    "category": "entertainment",
    "tags": ["Jazz", "river"],
    "timezone": "Europe/Lisbon",
    "starts_at": "2150-05-01T19:30:00+01:00",
    "ends_at": "2150-05-01T23:00:00+01:00",
    "venue": LISBON,
    "capacity": 120,
    "ticket_types": [
        {"name": "Standard", "price": "12.50", "currency": "EUR"},
        {"name": "Front row", "price": "30", "currency": "EUR", "capacity": 20, "max_per_booking": 2},
    ],
}


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def organiser(team):
    return Api(owner_of(team))


def create(api, **changes):
    body = {**NEW, **changes}
    return api.send("POST", "/api/events", {key: value for key, value in body.items() if value is not ...})


def change(api, event, body, **headers):
    return api.send("PATCH", f"/api/events/{event.pk}", body, **headers)


# --- Create -----------------------------------------------------------------------------------------


def test_an_organiser_creates_a_draft(organiser, team):
    response = create(organiser)

    assert response.status_code == 201
    event = Event.objects.get()
    assert response["Location"] == f"/api/events/{event.pk}"
    answer = response.json()
    expected = {
        "id": str(event.pk),
        "version": 1,
        "slug": "jazz-by-the-river",
        "status": "draft",
        "title": "Jazz by the River",
        "tags": ["jazz", "river"],
        "timezone": "Europe/Lisbon",
        "starts_at": "2150-05-01T18:30:00Z",
        "ends_at": "2150-05-01T22:00:00Z",
        "organizer": {"id": str(team.pk), "name": team.name},
        "venue": LISBON,
        "online": False,
        "online_url": "",
        "capacity": 120,
        "free": 0,
        "state": "draft",
        "currency": "EUR",
        "published_at": None,
    }
    assert {key: answer[key] for key in expected} == expected
    assert [(one["name"], one["price"], one["currency"], one["capacity"]) for one in answer["ticket_types"]] == [
        ("Standard", "12.50", "EUR", None),
        ("Front row", "30.00", "EUR", 20),
    ]


def test_an_event_can_be_published_as_it_is_created(organiser):
    answer = create(organiser, status="published").json()

    assert (answer["status"], answer["state"], answer["free"]) == ("published", "open", 120)
    assert Event.objects.get().status == "published"


def test_what_can_not_be_published_is_not_created_either(organiser):
    response = create(organiser, status="published", ticket_types=[])

    assert_problem(response, 409, "not-publishable")
    assert (Event.objects.count(), Inventory.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ...}, "title"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": 7}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"summary": "x" * 281}, "summary"),
        ({"description": "x" * 20_001}, "description"),
        ({"category": "party"}, "category"),
        ({"category": ["sports"]}, "category"),
        ({"tags": "jazz"}, "tags"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": [""]}, "tags.0"),
        ({"tags": [1]}, "tags.0"),
        ({"tags": [f"tag {number}" for number in range(11)]}, "tags"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"starts_at": ...}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2150-05-01"}, "starts_at"),
        ({"starts_at": "2150-05-01T19:30:00"}, "starts_at"),
        ({"starts_at": "2150-02-30T19:30:00Z"}, "starts_at"),
        ({"starts_at": "2150-05-01T25:00:00Z"}, "starts_at"),
        ({"starts_at": "2150-05-01T19:30:00-22:32"}, "starts_at"),
        ({"starts_at": "2150-05-01T19:30:00+14:01"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"starts_at": 4102444800}, "starts_at"),
        ({"ends_at": "2150-05-01T19:30:00+01:00"}, "ends_at"),
        ({"ends_at": "2150-05-01T18:29:59Z"}, "ends_at"),
        ({"venue": "Lisbon"}, "venue"),
        ({"venue": {**LISBON, "name": ""}}, "venue.name"),
        ({"venue": {**LISBON, "country": "Portugal"}}, "venue.country"),
        ({"venue": {**LISBON, "country": "P1"}}, "venue.country"),
        ({"venue": {**LISBON, "latitude": 91}}, "venue.latitude"),
        ({"venue": {**LISBON, "latitude": "NaN"}}, "venue.latitude"),
        ({"venue": {**LISBON, "latitude": True}}, "venue.latitude"),
        ({"venue": {**LISBON, "longitude": -180.1}}, "venue.longitude"),
        ({"venue": {**LISBON, "longitude": None}}, "venue.latitude"),
        ({"online_url": "https://example.org"}, "venue"),
        ({"venue": None, "online_url": "javascript:alert(1)"}, "online_url"),
        ({"venue": None, "online_url": "ftp://example.org"}, "online_url"),
        ({"venue": None, "online_url": "http://["}, "online_url"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": -5}, "capacity"),
        ({"capacity": 2.5}, "capacity"),
        ({"capacity": "100"}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"capacity": 10**30}, "capacity"),
        ({"capacity": None}, "capacity"),
        ({"max_per_person": 0}, "max_per_person"),
        ({"cancellation_hours": -1}, "cancellation_hours"),
        ({"waitlist_order": "random"}, "waitlist_order"),
        ({"offer_minutes": 9}, "offer_minutes"),
        ({"offer_minutes": 10_081}, "offer_minutes"),
        ({"currency": "XYZ", "ticket_types": []}, "currency"),
        ({"status": "cancelled"}, "status"),
        ({"status": "sold"}, "status"),
        ({"organizer": "x"}, "organizer"),
        ({"organizer": unknown_id()}, "organizer"),
        ({"ticket_types": {"name": "A"}}, "ticket_types"),
        ({"ticket_types": [{"name": "A"}] * 2}, "ticket_types"),
        ({"ticket_types": [{"name": f"T{number}"} for number in range(31)]}, "ticket_types"),
    ],
)
def test_what_makes_no_event_is_named_and_nothing_is_written(organiser, changes, field):
    assert_problem(create(organiser, **changes), 400, "invalid", field)
    assert (Event.objects.count(), Inventory.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("ticket_type", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": 1}, "name"),
        ({"price": "-1"}, "price"),
        ({"price": "free"}, "price"),
        ({"price": "12.345"}, "price"),
        ({"price": "1e400"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "Infinity"}, "price"),
        ({"price": "1000000.01"}, "price"),
        ({"price": True}, "price"),
        ({"price": [1]}, "price"),
        ({"price": "1.5", "currency": "JPY"}, "price"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": "5"}, "capacity"),
        ({"min_per_booking": 0}, "max_per_booking"),
        ({"min_per_booking": 3, "max_per_booking": 2}, "max_per_booking"),
        ({"max_per_booking": 1001}, "max_per_booking"),
        ({"max_per_booking": None}, "max_per_booking"),
        ({"sales_start_at": "2150-01-01T00:00:00"}, "sales_start_at"),
        (
            {"sales_start_at": "2150-01-02T00:00:00Z", "sales_end_at": "2150-01-01T00:00:00Z"},
            "sales_end_at",
        ),
        ({"id": unknown_id()}, "id"),
        ({"id": 5}, "id"),
    ],
)
def test_what_makes_no_ticket_type_is_named(organiser, ticket_type, field):
    item = {"name": "A", **ticket_type} if ticket_type else {}
    assert_problem(create(organiser, ticket_types=[item]), 400, "invalid", f"ticket_types.0.{field}")
    assert (Event.objects.count(), TicketType.objects.count()) == (0, 0)


def test_all_types_of_an_event_are_in_one_currency(organiser):
    types = [{"name": "A", "currency": "EUR"}, {"name": "B", "currency": "USD"}]
    assert_problem(create(organiser, ticket_types=types), 400, "invalid", "ticket_types")
    assert_problem(create(organiser, ticket_types=types[:1], currency="USD"), 400, "invalid", "ticket_types")


@pytest.mark.parametrize("title", ["🎉🎉", "مهرجان", "<script>alert(1)</script>", "می\u200cخواهم", "a" * 160, "'; --"])
def test_odd_titles_are_kept_as_they_are(organiser, title):
    answer = create(organiser, title=title)
    assert answer.status_code == 201
    assert answer.json()["title"] == title


def test_currencies_have_their_own_decimals(organiser):
    yen = create(organiser, ticket_types=[{"name": "A", "price": "1200", "currency": "JPY"}]).json()
    dinar = create(organiser, ticket_types=[{"name": "A", "price": "1.250", "currency": "KWD"}]).json()
    assert (yen["ticket_types"][0]["price"], dinar["ticket_types"][0]["price"]) == ("1200", "1.250")


def test_one_who_is_in_several_teams_says_which(organiser, team):
    other = make_team(owner=owner_of(team))

    assert_problem(create(organiser), 400, "invalid", "organizer")
    assert create(organiser, organizer=str(other.pk)).json()["organizer"]["id"] == str(other.pk)


def test_attendees_door_staff_and_strangers_create_nothing(team):
    door = make_user()
    Membership.objects.create(team=team, user=door, role="door")

    assert_problem(create(Api(make_user())), 403, "not-allowed")
    assert_problem(create(Api(door)), 403, "not-allowed")
    assert_problem(create(Api(door), organizer=str(team.pk)), 400, "invalid", "organizer")
    assert_problem(create(Api()), 401, "not-authenticated")
    assert Event.objects.count() == 0


def test_staff_act_for_any_team_they_name(team):
    staff = Api(make_user(is_staff=True))
    assert_problem(create(staff), 400, "invalid", "organizer")
    assert create(staff, organizer=str(team.pk)).status_code == 201


# --- Change -----------------------------------------------------------------------------------------


def test_what_is_left_out_of_a_change_stays(organiser, team):
    event = make_draft(team, summary="Old", tags=["one"], ticket_types=[TicketTypeInput("A", price=Decimal(5))])

    answer = change(organiser, event, {"version": 1, "title": "New"}).json()

    assert (answer["title"], answer["summary"], answer["tags"]) == ("New", "Old", ["one"])
    assert [one["price"] for one in answer["ticket_types"]] == ["5.00"]
    assert answer["version"] == 2


def test_a_stale_version_changes_nothing_and_learns_the_current_one(organiser, team):
    event = make_draft(team)
    change(organiser, event, {"version": 1, "title": "First"})

    problem = assert_problem(change(organiser, event, {"version": 1, "title": "Second"}), 409, "edit-conflict")

    assert problem["current"] == 2
    assert Event.objects.get().title == "First"


@pytest.mark.parametrize("body", [{"title": "New"}, {"title": "New", "version": None}])
def test_without_a_version_nothing_is_changed(organiser, team, body):
    event = make_draft(team)
    response = change(organiser, event, body)
    assert response.status_code in (400, 428)
    assert Event.objects.get().version == 1


def test_the_etag_it_was_read_with_is_as_good_as_the_version(organiser, team):
    event = make_draft(team)
    etag = organiser.send("GET", f"/api/events/{event.pk}")["ETag"]

    assert change(organiser, event, {"title": "First"}, If_Match=etag).status_code == 200
    assert_problem(change(organiser, event, {"title": "Second"}, If_Match=etag), 409, "edit-conflict")
    assert_problem(change(organiser, event, {"title": "Third"}, If_Match="nonsense"), 428, "version-required")
    assert Event.objects.get().title == "First"


@pytest.mark.parametrize("version", ["1", 1.0, True, -1, 10**30, [1]])
def test_what_is_no_version_changes_nothing(organiser, team, version):
    event = make_draft(team)
    response = change(organiser, event, {"version": version, "title": "New"})
    assert response.status_code in (400, 409)
    assert Event.objects.get().version == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"venue": {}}, "venue.name"),
        ({"starts_at": None}, "starts_at"),
        ({"status": "draft"}, "status"),
        ({"capacity": 0}, "capacity"),
        ({"ticket_types": [{"price": "5"}]}, "ticket_types.0.name"),
        ({"ticket_types": [{"id": unknown_id(), "name": "A"}]}, "ticket_types.0.id"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(organiser, team, body, field):
    event = make_event(team)
    before = Event.objects.values().get()

    response = change(organiser, event, {"version": event.version, **body})

    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert Event.objects.values().get() == before


def test_ticket_types_are_matched_by_id(organiser, team):
    event = make_draft(team, ticket_types=[TicketTypeInput("A", price=Decimal(5)), TicketTypeInput("B")])
    first = event.types_for_sale().first()

    types = [{"name": "C", "price": "7"}, {"id": str(first.pk), "name": "A1"}]
    answer = change(organiser, event, {"version": 1, "ticket_types": types}).json()

    assert [(one["name"], one["price"]) for one in answer["ticket_types"]] == [("C", "7.00"), ("A1", "5.00")]
    assert answer["ticket_types"][1]["id"] == str(first.pk)


def test_a_type_of_another_event_is_not_taken_over(organiser, team):
    event, other = make_draft(team), make_draft(team)
    foreign = other.types_for_sale().first()

    response = change(organiser, event, {"version": 1, "ticket_types": [{"id": str(foreign.pk), "name": "Mine"}]})

    assert_problem(response, 400, "invalid", "ticket_types.0.id")
    assert TicketType.objects.get(pk=foreign.pk).name == "Admission"


def test_a_venue_takes_the_place_of_a_link_and_the_other_way_round(organiser, team):
    event = make_draft(team)

    placed = change(organiser, event, {"version": 1, "venue": LISBON}).json()
    online = change(organiser, event, {"version": 2, "online_url": "https://example.org/live"}).json()

    assert (placed["venue"], placed["online_url"]) == (LISBON, "")
    assert (online["venue"], online["online_url"]) == (None, "https://example.org/live")


def test_status_publishes_postpones_and_cancels(organiser, team):
    event = make_draft(team)
    states = []
    for status in ("published", "postponed", "published", "cancelled"):
        version = Event.objects.get().version
        states.append(change(organiser, event, {"version": version, "status": status}).json()["status"])

    assert states == ["published", "postponed", "published", "cancelled"]
    refused = change(organiser, event, {"version": Event.objects.get().version, "status": "published"})
    assert_problem(refused, 409, "event-over")


def test_a_change_and_a_move_happen_together_or_not_at_all(organiser, team):
    event = make_draft(team)

    response = change(organiser, event, {"version": 1, "title": "New", "ticket_types": [], "status": "published"})

    assert_problem(response, 409, "not-publishable")
    assert (Event.objects.get().title, Event.objects.get().version) == (event.title, 1)
    assert TicketType.objects.count() == 1


def test_fewer_seats_than_are_taken_are_refused(organiser, team):
    event = make_event(team, capacity=10)
    make_booking(event, quantity=4)

    problem = assert_problem(
        change(organiser, event, {"version": event.version, "capacity": 3}), 409, "capacity-too-small"
    )

    assert problem["taken"] == 4
    assert Inventory.objects.get().capacity == 10


def test_nobody_changes_what_is_not_theirs(team):
    event, draft = make_event(team), make_draft(team)
    door = make_user()
    Membership.objects.create(team=team, user=door, role="door")

    for api in (Api(make_user()), Api(door)):
        assert_problem(change(api, event, {"version": event.version, "title": "X"}), 403, "not-allowed")
        assert_problem(api.send("DELETE", f"/api/events/{event.pk}"), 403, "not-allowed")
    assert_problem(change(Api(make_user()), draft, {"version": 1, "title": "X"}), 404, "not-found")
    assert_problem(Api(make_user()).send("DELETE", f"/api/events/{draft.pk}"), 404, "not-found")
    assert_problem(change(Api(), event, {"version": event.version}), 401, "not-authenticated")
    assert sorted(Event.objects.values_list("title", "status")) == sorted(
        [(event.title, "published"), (draft.title, "draft")]
    )


# --- Delete -----------------------------------------------------------------------------------------


def test_deleting_a_draft_leaves_nothing(organiser, team):
    response = organiser.send("DELETE", f"/api/events/{make_draft(team).pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert (Event.objects.count(), Inventory.objects.count()) == (0, 0)


def test_deleting_a_published_event_cancels_it(organiser, team):
    event = make_event(team)

    response = organiser.send("DELETE", f"/api/events/{event.pk}")

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert_problem(organiser.send("DELETE", f"/api/events/{event.pk}"), 409, "event-over")


def test_how_guests_pay_and_what_comes_back(organiser, team):
    event = make_draft(team)
    steps = [{"hours": 168, "percent": 100}, {"hours": 24, "percent": 50}]
    body = {"version": event.version, "payment_methods": ["card", "transfer"], "refund_steps": steps}
    changed = organiser.send("PATCH", f"/api/events/{event.pk}", body)
    assert changed.status_code == 200
    told = organiser.send("GET", f"/api/events/{event.pk}").json()
    assert (told["payment_methods"], told["refund_steps"]) == (["card", "transfer"], steps)


@pytest.mark.parametrize(
    "body, field",
    [
        ({"payment_methods": []}, "payment_methods"),
        ({"payment_methods": ["card", "card"]}, "payment_methods"),
        ({"payment_methods": ["cash"]}, "payment_methods"),
        ({"refund_steps": [{"hours": 1, "percent": 0}]}, "refund_steps"),
        ({"refund_steps": [{"hours": 1, "percent": 50}, {"hours": 2, "percent": 10}]}, "refund_steps"),
        ({"refund_steps": [{"hours": 1}]}, "refund_steps"),
        ({"refund_steps": [{"hours": 9 - n, "percent": 90 - n} for n in range(5)]}, "refund_steps"),
    ],
    ids=["no way", "twice", "unknown", "nothing back", "rising", "no percent", "too many"],
)
def test_what_makes_no_sense_about_money_is_named(organiser, team, body, field):
    event = make_draft(team)
    answer = organiser.send("PATCH", f"/api/events/{event.pk}", {"version": event.version, **body})
    assert answer.status_code in (400, 422)
    assert {name.partition(".")[0] for name in answer.json()["errors"]} == {field}
    event.refresh_from_db()
    assert (event.payment_methods, event.refund_steps) == (["door"], [[24, 100]])
