import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Team
from events import operations
from events.models import Event
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_draft, make_event, make_hold, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_user("Olga")


@pytest.fixture
def team(olga):
    return make_team(olga)


@pytest.fixture
def page(olga) -> Client:
    client = Client()
    client.force_login(olga)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"organise:{name}", args=args)


def add(team: Team, role: str, name: str = "Ben"):
    user = make_user(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


def titles(answer) -> list[str]:
    return [row.event.title for row in answer.context["page"].object_list]


def test_strangers_are_asked_to_sign_in():
    event = make_draft()
    for name, args in [("home", []), ("create", []), ("event", [event.slug]), ("edit", [event.slug])]:
        answer = Client().get(url(name, *args))
        assert answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=/organise/")


def test_who_has_no_team_is_asked_to_name_one(page, olga):
    assert b"Name of your team" in page.get(url("home")).content
    answer = page.post(url("new_team"), {"name": "Jazz Club"})
    assert (answer.status_code, answer["Location"]) == (302, url("home"))
    assert Membership.objects.get(user=olga).role == "owner"
    assert page.get(url("home")).templates[0].name == "organise/home.html"


@pytest.mark.parametrize("name", ["", " ", "a\x00b", "x" * 121])
def test_a_team_needs_a_name(page, name):
    answer = page.post(url("new_team"), {"name": name})
    assert answer.status_code == 422 and "name" in answer.context["form"].errors
    assert Team.objects.count() == 0


def test_events_stand_on_the_shelf_of_their_state(page, team):
    now = timezone.now()
    make_draft(team, title="Draft")
    make_event(team, title="Coming")
    past = make_event(team, title="Past")
    Event.objects.filter(pk=past.pk).update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    off = make_event(team, title="Off")
    operations.cancel_event(event=off, version=off.version, by=team.members.get(), now=now)
    make_event(title="Somebody else's")
    assert titles(page.get(url("home"))) == ["Coming"]
    for shelf, expected in [("drafts", "Draft"), ("past", "Past"), ("cancelled", "Off"), ("nonsense", "Coming")]:
        assert titles(page.get(url("home"), {"show": shelf})) == [expected]


def test_the_shelf_one_looks_at_is_marked(page, team):
    make_event(team)
    content = page.get(url("home"), {"show": "drafts"}).content.decode()
    assert re.findall(r'<a href="(\?show=\w+)" aria-current="page"', content) == ["?show=drafts"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, ""])
def test_odd_page_numbers_lead_to_some_page(page, team, number):
    make_event(team, title="Coming")
    assert titles(page.get(url("home"), {"page": number})) == ["Coming"]


def test_the_list_tells_seats_and_the_next_step(page, team):
    event = make_event(team, capacity=2)
    make_booking(event, quantity=2)
    make_draft(team)
    (row,) = page.get(url("home")).context["page"].object_list
    assert (row.sold, row.badge, row.next_step.label) == (2, ("warn", "Sold out"), "Add seats")
    (row,) = page.get(url("home"), {"show": "drafts"}).context["page"].object_list
    assert row.next_step.label == "Finish and publish"


def test_staff_see_the_events_of_all_teams():
    make_event(title="Somebody's")
    client = Client()
    client.force_login(make_user("Sam", is_staff=True))
    assert titles(client.get(url("home"))) == ["Somebody's"]


@pytest.mark.parametrize(
    ("starts", "ends", "badge"),
    [(-2, 2, ("ok", "On sale")), (1, 2, ("info", "Not on sale yet")), (-2, -1, ("", "Sales closed"))],
)
def test_the_list_tells_whether_the_sale_has_begun(page, team, starts, ends, badge):
    hour, now = timedelta(hours=1), timezone.now()
    sale = TicketTypeInput("Seat", sales_start_at=now + starts * hour, sales_end_at=now + ends * hour)
    event = make_event(team, ticket_types=[sale])
    (row,) = page.get(url("home")).context["page"].object_list
    assert (row.badge, page.get(url("event", event.slug)).context["row"].badge) == (badge, badge)


@pytest.mark.parametrize("count", [1, 3])
def test_an_overview_takes_fourteen_statements_however_many_events_and_bookings(
    page, team, count, django_assert_num_queries
):
    events = [make_event(team) for _ in range(count)]
    for _ in range(count):
        make_booking(events[0])
    with django_assert_num_queries(14):
        page.get(url("event", events[0].slug))


def test_the_overview_counts_what_is_booked_and_what_is_in_baskets(page, team):
    event = make_event(team)
    make_booking(event, quantity=3)
    make_hold(event, quantity=2)
    answer = page.get(url("event", event.slug))
    (kind,) = answer.context["types"]
    assert (answer.context["row"].sold, kind.sold, kind.held) == (3, 3, 2)


@pytest.mark.parametrize("name", ["event", "edit", "cancel", "postpone", "delete"])
def test_events_of_other_teams_are_not_there(page, team, name):
    assert page.get(url(name, make_draft().slug)).status_code == 404


@pytest.mark.parametrize("name", ["publish", "duplicate", "edit", "cancel", "postpone", "delete"])
def test_events_of_other_teams_cannot_be_touched(page, team, name):
    event = make_draft()
    answer = page.post(url(name, event.slug), {"version": event.version, "confirmed": 1, "title": "Mine"})
    assert answer.status_code == 404
    event.refresh_from_db()
    assert (event.status, event.version) == ("draft", 1)


def test_door_staff_look_but_do_not_touch(team):
    event = make_draft(team)
    client = Client()
    client.force_login(add(team, "door"))
    assert client.get(url("event", event.slug)).status_code == 200
    assert client.get(url("home")).url == reverse("door:home")
    assert client.get(url("event", make_event(team).slug)).url.endswith("/door")
    for name in ("publish", "duplicate", "edit", "cancel", "postpone", "delete"):
        answer = client.post(url(name, event.slug), {"version": 1, "confirmed": 1})
        assert answer.status_code == 403
        assert b"Your role in this team does not allow you to edit events." in answer.content
    assert client.get(url("create")).status_code == 403
    event.refresh_from_db()
    assert (event.status, event.version) == ("draft", 1)


def test_publishing_puts_it_on_sale(page, team):
    event = make_draft(team)
    answer = page.post(url("publish", event.slug), {"version": event.version}, follow=True)
    assert b"Published: people can find it now." in answer.content
    event.refresh_from_db()
    assert event.status == "published"


@pytest.mark.parametrize(
    ("name", "status"), [("publish", "published"), ("postpone", "postponed"), ("cancel", "cancelled")]
)
def test_a_button_pressed_twice_does_it_once(page, team, name, status):
    event = make_draft(team) if name == "publish" else make_event(team)
    pressed = {"version": event.version, "confirmed": 1}
    assert page.post(url(name, event.slug), pressed).status_code == 302
    again = page.post(url(name, event.slug), pressed, follow=True)
    assert again.redirect_chain == [(url("event", event.slug), 302)]
    assert f"This event is {status} already.".encode() in again.content
    saved = Event.objects.get()
    assert (saved.status, saved.version) == (status, event.version + 1)


def test_publishing_says_what_is_missing(page, team):
    event = make_draft(team, ticket_types=[], online_url="")
    answer = page.post(url("publish", event.slug), {"version": event.version})
    assert answer.status_code == 409
    assert b"Add at least one ticket type" in answer.content and b"Say where it takes place" in answer.content
    event.refresh_from_db()
    assert (event.status, event.version) == ("draft", 1)


@pytest.mark.parametrize("version", ["", "0", "99", "x", "-1", "9" * 30, "²"])
def test_a_change_of_what_one_has_not_seen_is_refused(page, team, version):
    event = make_draft(team)
    assert page.post(url("publish", event.slug), {"version": version}).status_code == 409
    event.refresh_from_db()
    assert event.status == "draft"


def test_cancelling_asks_first_and_says_what_goes_with_it(page, team):
    event = make_event(team)
    make_booking(event, quantity=3)
    make_booking(event, quantity=1)
    for answer in (page.get(url("cancel", event.slug)), page.post(url("cancel", event.slug))):
        assert b"2 bookings with 4 seats will be cancelled" in answer.content
    event.refresh_from_db()
    assert event.status == "published"
    page.post(url("cancel", event.slug), {"version": event.version, "confirmed": 1})
    event.refresh_from_db()
    assert event.status == "cancelled"


@pytest.mark.parametrize("name", ["cancel", "postpone"])
def test_who_calls_off_knows_how_many_hear_of_it(page, team, name):
    event, ada = make_event(team), make_user("Ada")
    make_booking(event, ada)
    assert b"1 person hears of it" in page.get(url(name, event.slug)).content
    make_booking(event, ada)
    make_booking(event)
    make_hold(event)
    assert b"2 people hear of it" in page.get(url(name, event.slug)).content


def test_postponing_asks_first(page, team):
    event = make_event(team)
    assert page.post(url("postpone", event.slug)).templates[0].name == "organise/postpone.html"
    page.post(url("postpone", event.slug), {"version": event.version, "confirmed": 1})
    event.refresh_from_db()
    assert event.status == "postponed"


def test_deleting_a_draft_asks_first(page, team):
    event = make_draft(team)
    page.post(url("delete", event.slug))
    assert Event.objects.filter(pk=event.pk).exists()
    answer = page.post(url("delete", event.slug), {"confirmed": 1})
    assert (answer.status_code, answer["Location"]) == (302, url("home"))
    assert not Event.objects.filter(pk=event.pk).exists()


def test_a_published_event_cannot_be_deleted(page, team):
    event = make_event(team)
    assert page.post(url("delete", event.slug), {"confirmed": 1}).status_code == 409
    assert Event.objects.filter(pk=event.pk).exists()


def test_a_duplicate_opens_in_the_editor(page, team):
    event = make_event(team, title="Jazz")
    answer = page.post(url("duplicate", event.slug))
    copy = Event.objects.get(title="Jazz (copy)")
    assert (answer["Location"], copy.status) == (url("edit", copy.slug), "draft")


@pytest.mark.parametrize("name", ["publish", "duplicate"])
def test_looking_changes_nothing(page, team, name):
    assert page.get(url(name, make_draft(team).slug)).status_code == 405
