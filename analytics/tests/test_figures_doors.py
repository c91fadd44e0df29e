"""Who sees figures, what may be asked, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from analytics import operations
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_event, make_place, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    event = make_event(make_team(), capacity=4)
    make_booking(event, quantity=4)
    make_place(event, quantity=2)
    operations.sweep_all()
    return event


def member(event, role):
    person = make_user(role)
    Membership.objects.create(team=event.organizer, user=person, role=role)
    return person


def pages(event):
    return [
        reverse("figures:event", args=[event.slug]),
        reverse("figures:event_csv", args=[event.slug, "sales"]),
        f"{reverse('figures:team')}?team={event.organizer_id}",
        f"{reverse('figures:team_csv', args=['sales'])}?team={event.organizer_id}",
    ]


def addresses(event):
    return [f"/api/analytics/events/{event.pk}", f"/api/analytics/teams/{event.organizer_id}"]


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_who_may_edit_events_sees_their_figures(client, event, role):
    person = member(event, role)
    client.force_login(person)
    assert [client.get(url).status_code for url in pages(event)] == [200, 200, 200, 200]
    assert [Api(person).send("GET", url).status_code for url in addresses(event)] == [200, 200]


def test_door_staff_and_strangers_do_not(client, event):
    door, stranger = member(event, "door"), make_user()
    client.force_login(door)
    assert [client.get(url).status_code for url in pages(event)] == [403, 403, 404, 404]
    assert "Figures" not in client.get(reverse("organise:event", args=[event.slug])).content.decode()
    assert [Api(door).send("GET", url).status_code for url in addresses(event)] == [403, 403]
    client.force_login(stranger)
    assert [client.get(url).status_code for url in pages(event)] == [404, 404, 404, 404]
    assert [Api(stranger).send("GET", url).status_code for url in addresses(event)] == [404, 404]
    client.logout()
    assert [client.get(url).status_code for url in pages(event)] == [302, 302, 302, 302]
    assert [Api().send("GET", url).status_code for url in addresses(event)] == [401, 401]


def test_the_platform_s_are_for_staff(client, event):
    owner, staff = owner_of(event.organizer), make_user(is_staff=True)
    client.force_login(owner)
    assert client.get(reverse("figures:platform")).status_code == 404
    assert_problem(Api(owner).send("GET", "/api/analytics/platform"), 403, "not-allowed")
    assert Api(staff).send("GET", "/api/analytics/platform").json()["total"]["counts"]["tickets_sold"] == 4


def test_who_has_no_team_is_told_so(client):
    client.force_login(make_user())
    assert "No figures yet" in client.get(reverse("figures:team")).content.decode()


WRONG = [
    ("range=5", "range"),
    ("since=2026-13-01&until=2026-01-02", "since"),
    ("since=2026-02-02&until=2026-02-01", "until"),
    ("since=2000-01-01&until=2020-01-01", "until"),
    ("range=custom&since=2026-02-02", "until"),
]


@pytest.mark.parametrize(("query", "field"), WRONG)
def test_what_makes_no_sense_is_named(client, event, query, field):
    owner = owner_of(event.organizer)
    client.force_login(owner)
    page = client.get(f"{reverse('figures:event', args=[event.slug])}?{query}")
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert client.get(f"{reverse('figures:event_csv', args=[event.slug, 'sales'])}?{query}").status_code == 400
    assert_problem(Api(owner).send("GET", f"/api/analytics/events/{event.pk}?{query}"), 400, "invalid", field)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd"])
def test_a_zone_that_is_none_is_named(client, event, zone):
    owner = owner_of(event.organizer)
    client.force_login(owner)
    url = f"{reverse('figures:team')}?team={event.organizer_id}&zone={zone}"
    assert "zone" in client.get(url).context["form"].errors
    assert_problem(
        Api(owner).send("GET", f"/api/analytics/teams/{event.organizer_id}?zone={zone}"), 400, "invalid", "zone"
    )


def test_what_is_not_there_is_not_found(client, event):
    owner = owner_of(event.organizer)
    client.force_login(owner)
    assert client.get(f"{reverse('figures:team')}?team={unknown_id()}").status_code == 404
    assert client.get(f"{reverse('figures:team')}?team=7").status_code == 404
    assert client.get(reverse("figures:event_csv", args=[event.slug, "smell"])).status_code == 404
    assert_problem(Api(owner).send("GET", f"/api/analytics/events/{unknown_id()}"), 404, "not-found")


def test_pages_and_files_and_the_api_say_the_same(client, event):
    owner = owner_of(event.organizer)
    client.force_login(owner)
    page = client.get(reverse("figures:event", args=[event.slug]))
    said = Api(owner).send("GET", f"/api/analytics/events/{event.pk}").json()
    assert said["total"]["counts"]["tickets_sold"] == page.context["figures"].total["tickets"] == 4
    assert said["now"]["seats_wanted"] == 2
    table = next(chart for chart in page.context["charts"] if chart.name == "sales").rows
    file = b"".join(client.get(reverse("figures:event_csv", args=[event.slug, "sales"])).streaming_content).decode()
    assert [line.split(",") for line in file.splitlines()[1:]] == [[str(cell) for cell in row] for row in table]


def queries(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert call().status_code == 200
    return len(captured)


def test_the_number_of_statements_does_not_grow(client, event):
    staff = make_user(is_staff=True)
    client.force_login(staff)
    urls = [reverse("figures:event", args=[event.slug]), pages(event)[2], reverse("figures:platform")]
    calls = [lambda url=url: client.get(url) for url in urls]
    calls += [lambda url=url: Api(staff).send("GET", url) for url in [*addresses(event), "/api/analytics/platform"]]
    before = [queries(call) for call in calls]
    for _ in range(3):
        make_booking(make_event(event.organizer, capacity=3), quantity=3)
    operations.sweep_all()
    assert [queries(call) for call in calls] == before
    assert before == COUNTS


COUNTS = [18, 15, 12, 14, 13, 10]
