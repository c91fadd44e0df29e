"""The list of events: whole for people without JavaScript, in parts for htmx, and never a 500."""

from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

import pytest
from django.utils import timezone
from django.utils.http import urlencode

from events.models import Event, TicketType
from events.operations import TicketTypeInput, VenueInput
from events.views import PAGE_SIZE
from tests.factories import make_booking, make_draft, make_event, make_team

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def titles(answer) -> list[str]:
    return [card.title for card in answer.context["events"]]


def test_everything_that_is_coming_is_listed_with_what_is_left_and_what_it_costs(client):
    types = [TicketTypeInput("In", price=Decimal("12.50")), TicketTypeInput("VIP", price=Decimal(40))]
    event = make_event(title="Jazz", ticket_types=types, capacity=30)
    make_draft(title="Draft")
    page = client.get("/")
    assert page.status_code == 200
    assert titles(page) == ["Jazz"]
    for words in (
        "1 event",
        "From €12.50",
        "30 left",
        f'href="/events/{event.slug}"',
        f"/events/{event.slug}/cover?v=",
    ):
        assert words in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_three_queries(client, django_assert_num_queries, number):
    team = make_team()
    venue = VenueInput("Hall", "Lisbon", "PT")
    types = [TicketTypeInput("In", capacity=5), TicketTypeInput("VIP", price=Decimal(4))]
    for _ in range(number):
        make_event(team, ticket_types=types, venue=venue, online_url="")
    with django_assert_num_queries(3):  # events, their ticket types, and how many there are of each category
        assert len(titles(client.get("/"))) == number


def test_a_card_that_was_kept_follows_the_seats_the_words_and_the_clock(client):
    opening = timezone.now() + timedelta(hours=1)
    event = make_event(capacity=30, ticket_types=[TicketTypeInput("In", sales_start_at=opening)])
    assert "Sale opens" in client.get("/").text
    TicketType.objects.filter(event=event).update(sales_start_at=timezone.now())
    assert "30 left" in client.get("/").text
    make_booking(event, quantity=2)
    assert "28 left" in client.get("/").text
    Event.objects.filter(pk=event.pk).update(title="Renamed")
    assert "Renamed" in client.get("/").text


def test_without_javascript_the_address_is_the_state(client):
    make_event(title="Jazz", category="social", tags=["live"])
    make_event(title="Loom", category="workshop")
    page = client.get("/?q=jaz&category=social&when=&price=&max=&since=&city=")
    assert titles(page) == ["Jazz"]
    assert 'name="q" id="id_q" value="jaz"' in page.text
    assert 'name="category" value="social" checked' in page.text
    assert 'name="category" value="workshop" checked' not in page.text
    assert '<details class="discover-more" open>' in page.text


def test_htmx_gets_the_results_alone_and_a_tidy_address(client):
    make_event(title="Jazz")
    part = client.get("/?q=jazz&category=&when=&price=free", headers=HTMX)
    assert titles(part) == ["Jazz"]
    assert "<html" not in part.text
    assert '<p id="result-count" hx-swap-oob="innerHTML">1 event</p>' in part.text
    assert part["HX-Push-Url"] == "/?q=jazz&price=free"
    assert "HX-Request" in part["Vary"]


def test_going_back_in_history_gets_the_whole_page(client):
    page = client.get("/?q=x", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in page.text
    assert "HX-Request" in page["Vary"]


def test_pages_are_links_that_keep_what_was_asked(client):
    team = make_team()
    for _ in range(PAGE_SIZE + 1):
        make_event(team, category="social")
    make_event(team, category="sports")
    first = client.get("/?category=social&q=")
    assert len(titles(first)) == PAGE_SIZE
    assert first.context["previous_url"] is None
    assert first.context["next_url"].startswith("/?category=social&cursor=")
    assert f'href="{escape(first.context["next_url"])}"' in first.text
    second = client.get(first.context["next_url"])
    assert len(titles(second)) == 1
    assert not set(titles(first)) & set(titles(second))
    assert second.context["next_url"] is None
    back = client.get(second.context["previous_url"])
    assert titles(back) == titles(first)
    assert f"{PAGE_SIZE + 1} events" in second.text


def test_categories_say_how_many_events_each_would_show(client):
    team = make_team()
    for category in ("social", "social", "sports"):
        make_event(team, category=category, title=f"Jazz {category}")
    make_event(team, category="sports", title="Run")
    page = client.get("/?q=jazz&category=sports")
    counts = {value: count for value, _, count in page.context["categories"]}
    assert (counts["social"], counts["sports"], counts["other"]) == (2, 1, 0)
    assert page.context["total"] == 1


def test_nothing_found_offers_one_way_on(client):
    page = client.get("/?q=nothing")
    assert "No events" in page.text
    assert "Nothing fits, yet" in page.text
    assert "Show all events" in page.text
    assert "No events yet" in client.get("/").text


def test_seats_can_be_asked_for(client):
    make_booking(make_event(title="Full", capacity=1))
    make_event(title="Roomy")
    assert titles(client.get("/?available=on")) == ["Roomy"]


def test_tonight_is_the_night_of_the_visitor(client):
    # Noon in UTC is this evening in Tokyo, tomorrow morning nowhere: the start of the evening there.
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    start = datetime.fromisoformat(f"{tomorrow}T01:00:00-10:00")
    make_event(title="Luau", starts_at=start, ends_at=start + timedelta(hours=3))
    since = f"/?since={tomorrow}&until={tomorrow}"
    client.cookies["tz"] = "Pacific/Honolulu"
    assert titles(client.get(since)) == ["Luau"]
    client.cookies["tz"] = "Pacific/Kiritimati"
    assert titles(client.get(f"/?since={tomorrow + timedelta(days=1)}")) == ["Luau"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 4000, "<script>", "\u00e9"])
def test_a_zone_that_is_none_is_the_sites_own(client, zone):
    client.cookies["tz"] = zone
    assert client.get("/?when=tonight").status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("max=-1", "Price up to: "),
        ("since=tomorrow", "From: "),
        ("category=music", "Category: "),
        ("near=x", "Near: "),
        ("cursor=forged", "That page is not there any more"),
    ],
)
def test_bad_input_is_named_on_the_page_and_narrows_nothing(client, query, words):
    make_event(title="Jazz")
    page = client.get(f"/?{query}")
    assert page.status_code == 400
    assert words in page.text
    assert titles(page) == ["Jazz"]
    assert client.get(f"/?{query}", headers=HTMX).status_code == 422


NASTY = ["\x01", "'", '"', "\\", "%", "%s", "{{7*7}}", "<script>alert(1)</script>", "\ud7ff", "🎷", "-1", "0", "1e999",
         "NaN", "9" * 400, "null", "[]", "../", " ", "\u202e", "٣", "İ", "a" * 3000, "0001-01-01", "9999-12-31", "1,1",
         "90,180", "-90,-180"]  # fmt: skip
FIELDS = ["q", "category", "tag", "city", "when", "since", "until", "price", "max", "place", "available", "near",
          "within", "sort", "cursor", "unknown"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_odd_addresses_are_never_a_server_error(client, field):
    make_event()
    for value in NASTY:
        answer = client.get("/?" + urlencode({field: value, "near": "1,1"} if field == "within" else {field: value}))
        assert answer.status_code in (200, 400), (field, value)
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "q=%ED%A0%80", "%", "&&&=", "q[]=x", "q=a&q=b", "q", "=" * 300])
def test_broken_encodings_are_never_a_server_error(client, query):
    assert client.get(f"/?{query}").status_code in (200, 400)


def test_the_list_only_reads(client):
    assert client.post("/").status_code == 405
