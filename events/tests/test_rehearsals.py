"""A rehearsal is bookable by its id, and there for nobody's eyes: not even its team's or platform staff's."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from events.operations import VenueInput
from tests.api import Api
from tests.factories import make_draft, make_user, owner_of

pytestmark = pytest.mark.django_db


def make_rehearsal() -> Event:
    event = make_draft(title="Dress rehearsal", venue=VenueInput("Hall", "Lisbon", "PT"), online_url="")
    Event.objects.filter(pk=event.pk).update(rehearsal=True)
    return event


@pytest.fixture
def viewers():
    """Those who would see a draft: its owner, platform staff; and somebody who would not."""
    event = make_rehearsal()
    return event, [owner_of(event.organizer), make_user("Stella", is_staff=True), make_user()]


def test_no_scope_but_bookable_knows_it(viewers):
    event, people = viewers
    assert list(Event.objects.bookable()) == [event]
    scopes = [Event.objects.public(), Event.objects.real()]
    for person in people:
        scopes += [Event.objects.visible_to(person), Event.objects.editable_by(person), Event.objects.run_by(person)]
    assert [list(scope) for scope in scopes] == [[]] * len(scopes)


def test_pages_and_pictures_know_nothing_of_it(viewers, client):
    event, people = viewers
    slug = event.slug
    addresses = [f"/events/{slug}{part}" for part in ("", "/cover", "/share.png", "/calendar.ics")]
    addresses += [reverse(f"organise:{name}", args=[slug]) for name in ("event", "edit")]
    for person in people:
        client.force_login(person)
        assert {client.get(address).status_code for address in addresses} == {404}
        for listing in ("/", "/sitemap.xml", "/?q=rehearsal"):
            assert event.title not in client.get(listing).text
        assert event.title not in client.get("/organise/", follow=True).text


def test_the_api_knows_nothing_of_it(viewers):
    event, people = viewers
    for person in people:
        api = Api(person)
        assert api.get("/api/events", headers={"Authorization": f"Bearer {api.token}"}).json()["results"] == []
        for path in (f"/api/events/{event.pk}", f"/api/events/{event.pk}/availability"):
            assert api.send("GET", path).status_code == 404
        assert api.send("PATCH", f"/api/events/{event.pk}", {"version": 1, "title": "Mine"}).status_code == 404
        assert api.send("DELETE", f"/api/events/{event.pk}").status_code == 404


def test_the_admins_list_of_events_leaves_it_out(viewers, client):
    event, _ = viewers
    client.force_login(make_user("Root", is_staff=True, is_superuser=True))
    assert event.title not in client.get("/admin/events/event/").text
    assert client.get(f"/admin/events/event/{event.pk}/change/").status_code == 302


def test_what_is_public_can_be_no_rehearsal():
    event = make_rehearsal()
    with pytest.raises(IntegrityError, match="a_rehearsal_is_a_draft"):
        Event.objects.filter(pk=event.pk).update(status=Event.Status.PUBLISHED, published_at=timezone.now())
