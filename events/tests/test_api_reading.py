"""Events by API: read and find."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from events import operations
from events.operations import TicketTypeInput, VenueInput
from tests.api import Api, assert_problem
from tests.factories import make_booking, make_draft, make_event, make_hold, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def organiser(team):
    return Api(owner_of(team))


# --- Read -------------------------------------------------------------------------------------------


def test_drafts_are_for_their_team_alone(organiser, team):
    path = f"/api/events/{make_draft(team).pk}"

    assert organiser.send("GET", path).status_code == 200
    for api in (Api(), Api(make_user())):
        assert_problem(api.send("GET", path), 404, "not-found")
        assert_problem(api.send("GET", f"{path}/availability"), 404, "not-found")
    assert organiser.send("GET", f"{path}/availability").status_code == 200


def test_the_link_of_an_online_event_is_for_its_team(organiser, team):
    path = f"/api/events/{make_event(team).pk}"

    assert organiser.send("GET", path).json()["online_url"] == "https://example.org/stream"
    for api in (Api(), Api(make_user())):
        assert api.send("GET", path).json()["online_url"] is None
    assert "https://example.org/stream" not in Api().send("GET", "/api/events").content.decode()


@pytest.mark.parametrize("part", ["nonsense", "1", "%00", "00000000-0000-0000-0000-00000000000g"])
def test_what_is_no_id_is_not_found(part):
    for path in (f"/api/events/{part}", f"/api/events/{part}/availability"):
        response = Api().send("GET", path)
        assert response.status_code in (400, 404)
        assert response["Content-Type"] == "application/problem+json"


def test_availability_counts_every_seat():
    types = [TicketTypeInput("Free"), TicketTypeInput("Front row", capacity=5)]
    event = make_event(capacity=20, ticket_types=types)
    standard, front = event.types_for_sale()
    request = {"event": str(event.pk), "items": [{"ticket_type": str(front.pk), "quantity": 2}]}
    assert Api(make_user()).send("POST", "/api/bookings", request).status_code == 201

    answer = Api().send("GET", f"/api/events/{event.pk}/availability").json()

    assert answer == {
        "event": str(event.pk),
        "version": event.version,
        "state": "open",
        "capacity": 20,
        "free": 18,
        "held": 0,
        "offered": 0,
        "waiting": 0,
        "sold_out": False,
        "ticket_types": [
            {"id": str(standard.pk), "name": "Free", "free": 18, "state": "open"},
            {"id": str(front.pk), "name": "Front row", "free": 3, "state": "few"},
        ],
    }


def test_baskets_are_held_and_a_full_house_is_sold_out():
    event = make_event(capacity=3)
    make_hold(event, quantity=3)

    answer = Api().send("GET", f"/api/events/{event.pk}/availability").json()

    assert (answer["free"], answer["held"], answer["sold_out"], answer["state"]) == (0, 3, True, "sold_out")


@pytest.mark.parametrize("path", ["/api/events", "/api/events/{id}", "/api/events/{id}/availability"])
def test_what_has_not_changed_is_not_sent_again(path):
    event = make_event()
    path = path.format(id=event.pk)
    first = Api().send("GET", path)

    again = Api().send("GET", path, If_None_Match=first["ETag"])
    make_booking(event)
    changed = Api().send("GET", path, If_None_Match=first["ETag"])

    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("types", [1, 3])
def test_reading_costs_the_same_however_many_ticket_types(types, django_assert_num_queries):
    event = make_event(ticket_types=[TicketTypeInput(f"Type {number}") for number in range(types)])
    with django_assert_num_queries(1):
        Api().send("GET", f"/api/events/{event.pk}/availability")
    with django_assert_num_queries(2):
        Api().send("GET", f"/api/events/{event.pk}")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(count, django_assert_num_queries):
    for _ in range(count):
        make_event()
    with django_assert_num_queries(2):
        assert len(Api().send("GET", "/api/events").json()["results"]) == count


# --- Find -------------------------------------------------------------------------------------------


def titles(query="", api=None):
    response = (api or Api()).send("GET", f"/api/events{query}")
    assert response.status_code == 200, response.content
    return [event["title"] for event in response.json()["results"]]


@pytest.fixture
def three_events():
    now = timezone.now()
    lisbon = VenueInput("Casa", "Lisboa", "PT", latitude=Decimal("38.707"), longitude=Decimal("-9.135"))
    berlin = VenueInput("Haus", "Berlin", "DE", latitude=Decimal("52.52"), longitude=Decimal("13.405"))
    make_event(
        title="Jazz",
        category="entertainment",
        tags=["music", "night"],
        venue=lisbon,
        online_url="",
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, hours=2),
    )
    paid = [TicketTypeInput("A", price=Decimal(20))]
    make_event(
        title="Rust",
        category="workshop",
        tags=["code"],
        venue=berlin,
        online_url="",
        ticket_types=paid,
        starts_at=now + timedelta(days=5),
        ends_at=now + timedelta(days=5, hours=2),
    )
    full = make_event(
        title="Yoga",
        category="sports",
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=1),
        capacity=1,
    )
    make_booking(full)
    make_draft(title="Secret")
    return now


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Jazz", "Rust", "Yoga"]),
        ("?search=jaz", ["Jazz"]),
        ("?search=", ["Jazz", "Rust", "Yoga"]),
        ("?category=sports", ["Yoga"]),
        ("?category=sports&category=workshop", ["Rust", "Yoga"]),
        ("?tag=music", ["Jazz"]),
        ("?tag=music&tag=code", []),
        ("?city=lis", ["Jazz"]),
        ("?price_min=10", ["Rust"]),
        ("?price_max=10", ["Jazz", "Yoga"]),
        ("?free=true", ["Jazz", "Yoga"]),
        ("?available=true", ["Jazz", "Rust"]),
        ("?online=true", ["Yoga"]),
        ("?online=false", ["Jazz", "Rust"]),
        ("?near=38.7,-9.1", ["Jazz"]),
        ("?near=38.7,-9.1&within=1000", ["Jazz"]),
        ("?ordering=-date", ["Yoga", "Rust", "Jazz"]),
        ("?ordering=-price", ["Rust", "Yoga", "Jazz"]),
    ],
)
def test_filters_narrow_the_list(three_events, query, expected):
    assert titles(query) == expected


def test_dates_narrow_the_list_also_with_a_plus_that_became_a_space(three_events):
    third_day = (three_events + timedelta(days=3)).astimezone(UTC).isoformat(timespec="seconds")
    assert titles(f"?starts_after={third_day.replace('+', '%2B')}") == ["Rust", "Yoga"]
    assert titles(f"?starts_before={third_day}") == ["Jazz"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("category=party", "category.0"),
        ("tag=" + "x" * 41, "tag.0"),
        ("starts_after=tomorrow", "starts_after"),
        ("starts_after=2150-05-01", "starts_after"),
        ("starts_before=2150-05-01T00:00:00-22:32", "starts_before"),
        ("starts_before=9999-12-31T23:59:59-14:00", "starts_before"),
        ("price_min=-1", "price_min"),
        ("price_min=cheap", "price_min"),
        ("price_max=NaN", "price_max"),
        ("price_max=1e99", "price_max"),
        ("available=maybe", "available"),
        ("near=here", "near"),
        ("near=91,0", "near"),
        ("near=nan,nan", "near"),
        ("near=1,2,3", "near"),
        ("near=1,2&within=nan", "within"),
        ("near=1,2&within=-5", "within"),
        ("near=1,2&within=99999", "within"),
        ("ordering=color", "ordering"),
        ("ordering=distance", "ordering"),
        ("organizer=5", "organizer"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%F0%9F%8E%89", "cursor"),
        ("cursor=" + "A" * 501, "cursor"),
        ("colour=red", "colour"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(query, name):
    assert_problem(Api().send("GET", f"/api/events?{query}"), 400, "invalid", name)


def test_nul_in_the_query_is_refused():
    assert Api().send("GET", "/api/events?search=a%00b").status_code == 400


def test_pages_follow_one_another_and_lead_back():
    names = [f"Event {letter}" for letter in "abcde"]
    start = datetime(2150, 5, 1, tzinfo=UTC)
    for number, name in enumerate(names):
        begin = start + timedelta(days=number)
        make_event(title=name, starts_at=begin, ends_at=begin + timedelta(hours=1))

    first = Api().send("GET", "/api/events?limit=2&category=other").json()
    second = Api().send("GET", first["next"]).json()
    third = Api().send("GET", second["next"]).json()
    back = Api().send("GET", third["previous"]).json()

    pages = [[event["title"] for event in page["results"]] for page in (first, second, third, back)]
    assert pages == [names[0:2], names[2:4], names[4:], names[2:4]]
    assert (first["previous"], third["next"]) == (None, None)
    assert "limit=2" in first["next"]


def test_cancelled_events_can_be_read_but_are_not_listed(team):
    event = make_event(team)
    operations.cancel_event(event=event, version=event.version, by=owner_of(team), now=timezone.now())

    assert titles() == []
    assert Api().send("GET", f"/api/events/{event.pk}").json()["state"] == "cancelled"
