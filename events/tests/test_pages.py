"""Pages that stay put while events come and go."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from core.errors import Invalid
from core.paging import page_of
from events.models import Event
from events.operations import TicketTypeInput, VenueInput
from events.search import ORDERINGS, Filters, search_events
from tests.factories import make_event, make_team

pytestmark = pytest.mark.django_db

START = timezone.now().replace(microsecond=123456) + timedelta(days=3)


def listing(**filters):
    return search_events(Event.objects.public(), Filters(**filters), now=timezone.now())


def make_events(count: int, team=None, **changes) -> list[Event]:
    team = team or make_team()
    return [
        make_event(team, title=f"Jazz {number}", starts_at=START, ends_at=START + timedelta(hours=1), **changes)
        for number in range(count)
    ]


def walk(queryset, size: int):
    """All pages forwards, then all pages backwards from the last."""
    page = page_of(queryset, None, size)
    forwards, backwards = [page], []
    while page.next_cursor:
        forwards.append(page := page_of(queryset, page.next_cursor, size))
    while page.previous_cursor:
        backwards.append(page := page_of(queryset, page.previous_cursor, size))
    return forwards, backwards


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_every_event_is_on_exactly_one_page_there_and_back(ordering):
    prices = [TicketTypeInput(name="In", price=Decimal("2.50"))]
    place = VenueInput("Hall", "Lisbon", "PT", latitude=Decimal("38.7"), longitude=Decimal("-9.1"))
    make_events(3, venue=place, online_url="")
    make_events(2, venue=place, online_url="", ticket_types=prices)
    events = listing(ordering=ordering, search="jazz", near=(38.0, -9.0), within=500)
    forwards, backwards = walk(events, 2)
    assert [event for page in forwards for event in page.results] == list(events)
    assert [page.results for page in backwards] == [page.results for page in forwards[-2::-1]]
    assert forwards[0].previous_cursor is None
    assert len(events) == 5


def test_an_event_that_arrives_in_between_shifts_nothing():
    team = make_team()
    make_events(4, team)
    first = page_of(listing(), None, 2)
    early = START - timedelta(hours=1)
    newcomer = make_event(team, starts_at=early, ends_at=START)
    second = page_of(listing(), first.next_cursor, 2)
    assert not set(first.results) & set(second.results)
    assert len(second.results) == 2
    assert newcomer not in second.results


def test_an_event_that_leaves_in_between_hides_nothing():
    events = make_events(4)
    first = page_of(listing(), None, 2)
    Event.objects.filter(pk=first.results[1].pk).update(status=Event.Status.CANCELLED)
    second = page_of(listing(), first.next_cursor, 2)
    assert second.results == events[2:]
    back = page_of(listing(), second.previous_cursor, 2)
    # Only one is left before it: a full first page instead of a half one.
    assert back.results == [events[0], events[2]]
    assert back.previous_cursor is None


def test_the_last_page_and_an_empty_list_have_no_next():
    assert page_of(listing(), None, 2) == page_of(listing(search="nothing"), None, 2)
    make_events(2)
    assert page_of(listing(), None, 2).next_cursor is None


def test_a_page_is_one_query(django_assert_num_queries):
    make_events(3)
    cursor = page_of(listing(), None, 1).next_cursor
    with django_assert_num_queries(1):
        page_of(listing(), cursor, 1)


def cursor_of(*parts) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode()


def forgeries() -> list[str]:
    start, someone = "2026-06-01T12:00:00+00:00", str(UUID(int=7))
    return [
        "x", "....", "%", "é", "\ud800", "A" * 5000, "[" * 399, cursor_of(), cursor_of(1, 2, 3, 4),
        cursor_of("by_date"),
        cursor_of("by_price", 0, start, someone), cursor_of("-by_date", 0, start, someone),
        cursor_of("by_date", 7, start, someone), cursor_of("by_date", "0", start, someone),
        cursor_of("by_date", 0, "yesterday", someone), cursor_of("by_date", 0, "2026-02-30T00:00Z", someone),
        cursor_of("by_date", 0, "2026-06-01T00:00", someone), cursor_of("by_date", 0, 5, someone),
        cursor_of("by_date", 0, None, someone), cursor_of("by_date", 0, start, "nobody"),
        cursor_of("by_date", 0, start, 5), cursor_of("by_date", [], start, someone),
        cursor_of("by_date", 0, "0001-01-01T00:00+23:59", someone),
        urlsafe_b64encode(b"\xff\xfe").decode(), urlsafe_b64encode(b"1e999").decode(),
    ]  # fmt: skip


@pytest.mark.parametrize("cursor", forgeries())
def test_a_forged_cursor_is_refused_by_name(cursor):
    with pytest.raises(Invalid) as refusal:
        page_of(listing(), cursor, 2)
    assert list(refusal.value.errors) == ["cursor"]


@pytest.mark.parametrize("key", ["NaN", "Infinity", "1e999999", "1" * 60, "-0.12345678", "x", ""])
def test_a_forged_price_is_refused_by_name(key):
    with pytest.raises(Invalid):
        page_of(listing(ordering="price"), cursor_of("by_price", 0, key, str(uuid4())), 2)


@pytest.mark.parametrize("key", ["9" * 30, "-" + "9" * 30, "1.5", "x", "9" * 5000])
def test_a_forged_rank_is_refused_by_name(key):
    with pytest.raises(Invalid):
        page_of(listing(search="jazz"), cursor_of("-by_relevance", 0, key, str(uuid4())), 2)
