"""Calendar files, read back by a calendar library; sitemap and robots."""

from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from icalendar import Calendar

from events import operations
from events.operations import VenueInput
from tests.factories import make_draft, make_event, owner_of

pytestmark = pytest.mark.django_db

HALL = VenueInput("Hall; one, two", "Lisbon", "PT", "Rua 1", Decimal("38.7"), Decimal("-9.1"))


def entry(client, event):
    answer = client.get(f"/events/{event.slug}/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{event.slug}.ics"'
    [found] = Calendar.from_ical(answer.content).walk("VEVENT")
    return found


def test_a_calendar_file_says_what_the_page_says(client):
    event = make_event(title="Jazz, live; “now”", venue=HALL, online_url="", timezone="Europe/Lisbon")
    found = entry(client, event)
    assert found["UID"] == f"{event.pk}@testserver"
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (event.starts_at, event.ends_at)
    assert found["LOCATION"] == "Hall; one, two, Rua 1, Lisbon"
    assert found["GEO"].to_ical() == "38.7;-9.1"
    assert found["STATUS"] == "CONFIRMED"
    assert found["URL"] == f"http://testserver/events/{event.slug}"


def test_the_link_of_an_online_event_is_not_given_away(client):
    event = make_event(online_url="https://example.org/secret-room")
    assert b"secret-room" not in client.get(f"/events/{event.slug}/calendar.ics").content
    assert entry(client, event)["LOCATION"].startswith("Online")


def test_a_change_keeps_the_uid_and_counts_the_sequence(client):
    event = make_event()
    before = entry(client, event)
    operations.cancel_event(
        event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now() + timedelta(minutes=1)
    )
    after = entry(client, event)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("LAST-MODIFIED") > before.decoded("LAST-MODIFIED")
    assert after["STATUS"] == "CANCELLED"


def test_the_sitemap_lists_what_everyone_may_see(client, django_assert_num_queries):
    event = make_event()
    make_draft()
    with django_assert_num_queries(1):
        answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    places = [element.text for element in ElementTree.fromstring(answer.content).iter() if element.tag.endswith("loc")]  # noqa: S314
    assert places == ["http://testserver/", f"http://testserver/events/{event.slug}"]


def test_robots_are_told_where_the_sitemap_is(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in answer.text
    assert "Disallow: /tickets/" in answer.text
