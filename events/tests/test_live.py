"""What live pages are told of events: true, in order, and drawn as the pages themselves are."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from bookings import operations
from core.live import marks
from core.live.messages import Marks
from events import operations as editing
from events.live import read_newest
from events.models import Event
from events.operations import TicketTypeInput
from events.presentation import card_of
from tests.factories import event_input, make_booking, make_draft, make_event, make_hold, make_user, owner_of
from tests.racing import closing


def newest(event) -> dict:
    [news] = read_newest([str(event.pk)])
    return json.loads(news.frame)


@pytest.mark.django_db
def test_it_says_all_that_is_known_of_the_seats():
    event = make_event(capacity=20, ticket_types=[TicketTypeInput("Hall"), TicketTypeInput("Box", capacity=5)])
    hall = event.types_for_sale().get(name="Hall")
    operations.hold(
        request=operations.Request(event.pk, items=[(hall.pk, 3)]), customer_id=make_user().pk, now=timezone.now()
    )
    said = newest(event)
    numbers = {
        name: said[name] for name in ("state", "bookable", "label", "capacity", "free", "held", "offered", "waiting")
    }
    assert numbers == {
        **{"state": "open", "bookable": True, "label": "17 left", "capacity": 20, "free": 17, "held": 3},
        **{"offered": 0, "waiting": 0},
    }
    assert [(one["free"], one["capacity"]) for one in said["ticket_types"]] == [(17, 20), (5, 5)]


@pytest.mark.django_db
def test_drafts_are_left_out():
    event, draft = make_event(), make_draft()
    assert [one.subject for one in read_newest([str(draft.pk), str(event.pk)])] == [str(event.pk)]


@pytest.mark.django_db
def test_many_events_are_three_statements(django_assert_num_queries):
    events = [str(make_event().pk) for _ in range(4)]
    read_newest(events)
    with django_assert_num_queries(3 + 2):  # within a test's transaction there are a savepoint and its release
        assert len(read_newest(events)) == 4


@pytest.mark.django_db
def test_what_is_told_is_what_pages_and_cards_are_drawn_with(client):
    event = make_event(capacity=20, ticket_types=[TicketTypeInput("Hall"), TicketTypeInput("Box", capacity=5)])
    make_hold(make_event())
    sent = parts(newest(event)["html"])
    page, card = parts(client.get(event.get_absolute_url()).content.decode()), parts(client.get("/").content.decode())
    assert sent == page
    name = f"{event.pk} availability"
    assert card[name] == sent[name]


def parts(html: str) -> dict[str, str]:
    """By name, whatever can be replaced."""
    found = re.finditer(r'<(div|p)\b[^>]*data-live="([^"]+)"[^>]*>.*?</\1>', html, re.DOTALL)
    return {one[2]: re.sub(r"\s+", " ", one[0]) for one in found}


@pytest.mark.django_db
def test_titles_can_not_break_out():
    event = make_event(title='<script>"x"</script>')
    assert "<script>" not in newest(event)["html"]


@pytest.mark.django_db(transaction=True)
def test_versions_grow_with_what_is_seen():
    event = make_event(capacity=50)
    seen = [newest(event)]
    for _ in range(3):
        make_booking(event)
        seen.append(newest(event))
    assert [one["free"] for one in seen] == [50, 49, 48, 47]
    versions = [one["version"] for one in seen]
    assert versions == sorted(set(versions))


@pytest.mark.django_db(transaction=True)
def test_a_version_between_two_commits_lies_between():
    """The one that began first commits last: its number, and not the order of beginnings, decides."""
    event, other = make_event(capacity=50), make_event(capacity=50)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            make_booking(event)
            before = newest_apart(pool, other)
            pool.submit(closing(lambda: make_booking(other))).result()
            between = newest_apart(pool, other)
            still = newest_apart(pool, event)
        after = newest_apart(pool, event)
    assert before["version"] < between["version"] < after["version"]
    assert (before["free"], between["free"], still["free"], after["free"]) == (50, 49, 50, 49)


def newest_apart(pool: ThreadPoolExecutor, event) -> dict:
    return pool.submit(closing(lambda: newest(event))).result()


@pytest.fixture
def said(monkeypatch) -> list[Marks]:
    """The marks that leave this process."""
    sent: list[Marks] = []
    monkeypatch.setattr(marks.Sender, "send", lambda self, one: sent.append(one))
    return sent


@pytest.mark.django_db(transaction=True)
def test_every_change_of_what_is_shown_is_spoken_of_once(said):
    draft = make_draft()
    by, now = owner_of(draft.organizer), timezone.now()
    event = editing.publish_event(event=draft, version=draft.version, by=by, now=now)
    editing.edit_event(event=event, data=event_input(capacity=20), version=event.version, by=by, now=now)
    event = Event.objects.get(pk=event.pk)
    ada = make_user("Ada")
    basket = make_hold(event, ada)
    operations.confirm(booking=basket, now=now)
    operations.cancel(booking=basket, now=now)
    make_booking(event, ada)
    editing.postpone_event(event=event, version=event.version, by=by, now=now)
    assert [one.changed for one in said] == [{str(event.pk)}] * 7
    assert [len(one.letters) for one in said] == [0, 0, 0, 1, 1, 0, 0]


@pytest.mark.django_db
def test_pages_without_a_connection_may_ask(client):
    event, other, draft = make_event(), make_event(), make_draft()
    address = f"/live/events?ids={event.pk},{other.pk},{draft.pk}"
    answer = client.get(address)
    assert {one["event"] for one in answer.json()["news"]} == {str(event.pk), str(other.pk)}
    assert answer["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    make_booking(other)
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("ids", ["", "x", "1,2", "0" * 36, ","])
def test_what_makes_no_sense_is_refused(client, ids):
    assert client.get("/live/events", {"ids": ids}).status_code in (400, 422)


@pytest.mark.django_db
def test_too_many_are_refused(client):
    event = make_event()
    assert client.get(f"/live/events?ids={','.join([str(event.pk)] * 60)}").status_code == 200
    assert client.get(f"/live/events?ids={','.join([str(event.pk)] * 61)}").status_code in (400, 422)
    assert client.post("/live/events").status_code == 405


@pytest.mark.django_db
def test_seats_in_words():
    event = make_event(capacity=5)
    make_hold(event)
    fresh = Event.objects.with_all().get(pk=event.pk)
    shown = render_to_string("events/live.html", {"event": card_of(fresh, timezone.now())})
    assert "4 free, 1 in a basket" in shown
