"""An event's own page: what it says to people, to search engines, and in each state."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import Membership
from events import operations
from events.models import Event, Inventory
from events.operations import TicketTypeInput, VenueInput
from events.presentation import card_of, detail_context, quantity_field
from tests.factories import make_booking, make_draft, make_event, make_team, make_user, owner_of

pytestmark = pytest.mark.django_db

HALL = VenueInput("LX Factory", "Lisbon", "PT", "Rua 103", Decimal("38.703600"), Decimal("-9.178900"))
HOUR = timedelta(hours=1)


def linked_data(page) -> dict:
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    return json.loads(script)


def flat(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_two_queries(client, django_assert_num_queries, number):
    types = [TicketTypeInput(f"Type {index}", capacity=4) for index in range(number)]
    event = make_event(ticket_types=types, venue=HALL, online_url="")
    with django_assert_num_queries(2):  # the event with its place, house and team; its ticket types
        assert client.get(event.get_absolute_url()).status_code == 200


def test_the_page_says_when_where_how_much_and_what_is_left(client):
    start = datetime(2030, 6, 13, 19, tzinfo=UTC)
    event = make_event(
        title="Jazz", starts_at=start, ends_at=start + 2 * HOUR, timezone="Europe/Lisbon", venue=HALL, online_url="",
        capacity=30, ticket_types=[TicketTypeInput("In", price=Decimal("12.50"))],
    )  # fmt: skip
    page = client.get(event.get_absolute_url())
    for words in (
        "Thursday 13 June 2030, 20:00–22:00 WEST", "Europe/Lisbon, UTC+01:00", "LX Factory", "Rua 103, Lisbon",
        "€12.50",
        "30 left", "cancel free of charge until Wednesday 12 June, 20:00 WEST", "Get tickets",
    ):  # fmt: skip
        assert words in flat(page)
    assert '<local-time class="small muted" datetime="2030-06-13T20:00:00+01:00">' in page.text
    assert 'href="https://www.openstreetmap.org/?mlat=38.703600&amp;mlon=-9.178900#map=17/' in page.text


@pytest.mark.parametrize(
    ("start", "hours", "words"),
    [
        ("2030-03-31T00:30", 2, "Sunday 31 March 2030, 00:30 WET–03:30 WEST"),  # the hour from 1 to 2 is left out
        ("2030-10-26T23:30", 3, "Sunday 27 October 2030, 00:30 WEST–02:30 WET"),  # and here it comes twice
        ("2030-01-10T22:00", 6, "Thursday 10 January 2030, 22:00–04:00 WET"),  # an evening ends in the morning
        ("2030-01-10T22:00", 30, "until Saturday 12 January 2030, 04:00 WET"),
    ],
)
def test_times_hold_when_the_clocks_change(client, start, hours, words):
    begin = datetime.fromisoformat(f"{start}+00:00")
    event = make_event(starts_at=begin, ends_at=begin + hours * HOUR, timezone="Europe/Lisbon")
    assert words in flat(client.get(event.get_absolute_url()))


def test_every_ticket_type_that_can_be_booked_has_a_quantity_and_each_page_a_key(client):
    now = timezone.now()
    event = make_event(
        ticket_types=[
            TicketTypeInput("Seat", capacity=3),
            TicketTypeInput("Later", sales_start_at=now + HOUR),
            TicketTypeInput("Pairs", min_per_booking=2, max_per_booking=4),
        ]
    )
    seat, later, pairs = event.types_for_sale()
    page = client.get(event.get_absolute_url())
    fields = set(re.findall(r'name="(quantity_[^"]+)"', page.text))
    assert fields == {quantity_field(seat.pk), quantity_field(pairs.pk)}
    assert f'action="/events/{event.slug}' not in page.text
    assert 'method="post" action="/bookings/' in page.text
    assert "At least 2 in one booking." in page.text
    assert page.context["key"] != client.get(event.get_absolute_url()).context["key"]


def test_the_only_ticket_type_starts_at_its_smallest_booking(client):
    event = make_event(ticket_types=[TicketTypeInput("Pairs", min_per_booking=2)])
    [line] = client.get(event.get_absolute_url()).context["lines"]
    assert line.quantity == 2


def test_a_refused_choice_is_shown_again_with_its_errors():
    event = Event.objects.with_all().get(pk=make_event().pk)
    [ticket_type] = event.types_on_card
    request = RequestFactory().get(event.get_absolute_url())
    request.user = AnonymousUser()
    context = detail_context(
        event, request, timezone.now(), chosen={str(ticket_type.pk): "<7>"}, errors=["Only 3 & no more."]
    )
    assert context["canonical_url"] == f"http://testserver{event.get_absolute_url()}"
    fragment = render_to_string("events/detail.html#picker", context, request)
    assert 'value="&lt;7&gt;"' in fragment
    assert "<li>Only 3 &amp; no more.</li>" in fragment
    assert "<html" not in fragment


def test_a_sold_out_event_says_so(client):
    event = make_event(capacity=1)
    make_booking(event)
    page = client.get(event.get_absolute_url())
    assert page.context["action"] == "Sold out"
    assert 'name="quantity_' not in page.text
    assert linked_data(page)["offers"][0]["availability"] == "https://schema.org/SoldOut"


def test_before_the_sale_the_button_says_when_it_opens(client):
    opening = timezone.now() + timedelta(days=1)
    event = make_event(ticket_types=[TicketTypeInput("In", sales_start_at=opening)])
    page = client.get(event.get_absolute_url())
    assert page.context["action"] == f"Sale opens {opening:%a %d %b, %H:%M}"
    assert linked_data(page)["offers"][0]["availability"] == "https://schema.org/PreOrder"


def test_a_cancelled_event_is_clear_about_it(client):
    event = make_event()
    operations.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    page = client.get(event.get_absolute_url())
    assert "This event is cancelled" in page.text
    assert "cancel free of charge" not in page.text
    assert linked_data(page)["eventStatus"] == "https://schema.org/EventCancelled"
    assert linked_data(page)["offers"][0]["availability"] == "https://schema.org/OutOfStock"


def test_a_postponed_event_is_clear_about_it(client):
    event = make_event()
    operations.postpone_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    page = client.get(event.get_absolute_url())
    assert "This event is postponed" in page.text
    assert linked_data(page)["eventStatus"] == "https://schema.org/EventPostponed"


def test_a_past_event_is_clear_about_it(client):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - 3 * HOUR, ends_at=timezone.now() - HOUR)
    page = client.get(event.get_absolute_url())
    assert "This event is over" in page.text
    assert 'name="quantity_' not in page.text


def test_drafts_are_there_for_their_team_alone(client):
    draft = make_draft()
    page_of = draft.get_absolute_url()
    door = make_user("Dora")
    Membership.objects.create(team=draft.organizer, user=door, role=Membership.Role.DOOR)
    assert client.get(page_of).status_code == 404
    client.force_login(make_user())
    assert client.get(page_of).status_code == 404
    client.force_login(door)
    assert "Draft: only your team sees this" in client.get(page_of).text
    client.force_login(owner_of(draft.organizer))
    page = client.get(page_of)
    assert "Go on with it" in page.text
    assert "application/ld+json" not in page.text
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("slug", ["nothing-there", "x" * 400, "%3Cscript%3E", "a%00b", "..", "%E6%9D%B1", "a/b"])
def test_unknown_addresses_are_not_found(client, slug):
    assert client.get(f"/events/{slug}").status_code in (400, 404)


def test_what_organisers_write_is_text_everywhere(client):
    evil = "</script><script>alert(1)</script>\"'&<b>"
    event = make_event(
        title=evil, summary=evil, description=evil, tags=["<b>"],
        ticket_types=[TicketTypeInput(evil[:80], description=evil)],
        venue=VenueInput(evil, "<i>City", "PT", evil), online_url="",
    )  # fmt: skip
    for address in (event.get_absolute_url(), "/", f"/events/{event.slug}/calendar.ics"):
        page = client.get(address)
        assert page.status_code == 200
        if "html" in page["Content-Type"]:
            assert "<script>alert" not in page.text
            assert "<b>" not in page.text
    assert linked_data(client.get(event.get_absolute_url()))["name"] == evil


def test_search_engines_are_told_the_truth(client):
    start = datetime(2030, 6, 13, 19, tzinfo=UTC)
    event = make_event(
        title="Jazz", starts_at=start, ends_at=start + 2 * HOUR, timezone="Europe/Lisbon", venue=HALL, online_url="",
        ticket_types=[TicketTypeInput("In", price=Decimal("12.5")), TicketTypeInput("Free")],
    )  # fmt: skip
    data = linked_data(client.get(event.get_absolute_url()))
    assert (data["startDate"], data["endDate"]) == ("2030-06-13T20:00:00+01:00", "2030-06-13T22:00:00+01:00")
    assert data["url"] == f"http://testserver/events/{event.slug}"
    assert data["image"][0].startswith(f"http://testserver/events/{event.slug}/share.png?v=")
    assert data["location"]["address"]["addressLocality"] == "Lisbon"
    assert data["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 38.7036, "longitude": -9.1789}
    assert [(offer["price"], offer["priceCurrency"]) for offer in data["offers"]] == [("12.50", "EUR"), ("0.00", "EUR")]
    assert data["eventStatus"] == "https://schema.org/EventScheduled"


def test_messengers_get_a_title_a_picture_and_one_address(client):
    event = make_event(title="Jazz", summary="By the river")
    page = client.get(f"{event.get_absolute_url()}?utm_source=x").text
    url = f"http://testserver/events/{event.slug}"
    assert f'<link rel="canonical" href="{url}">' in page
    assert '<meta property="og:title" content="Jazz">' in page
    assert '<meta property="og:description" content="By the river">' in page
    [image] = re.findall(r'<meta property="og:image" content="([^"]+)">', page)
    assert client.get(image.removeprefix("http://testserver"))["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("prices", "words"),
    [(["0"], "Free"), (["5", "5"], "€5.00"), (["5", "9"], "From €5.00"), (["0", "9"], "Free to €9.00"), ([], "")],
)
def test_a_card_says_what_it_costs(prices, words):
    types = [TicketTypeInput(f"Type {index}", price=Decimal(price)) for index, price in enumerate(prices)]
    event = Event.objects.with_all().get(pk=make_draft(make_team(), ticket_types=types).pk)
    assert card_of(event, timezone.now()).price_from == words


def test_a_card_names_the_price_of_what_can_be_bought():
    now = timezone.now()
    gone = TicketTypeInput("Early", price=Decimal("5"), sales_end_at=now + timedelta(hours=1))
    later = TicketTypeInput("Late", price=Decimal("30"), sales_start_at=now + timedelta(hours=2))
    sold_out = TicketTypeInput("Balcony", price=Decimal("7"), capacity=1)
    here = TicketTypeInput("Floor", price=Decimal("12"))
    event = make_event(ticket_types=[gone, sold_out, here, later])
    Inventory.objects.filter(ticket_type__name="Balcony").update(claimed=1)
    event = Event.objects.with_all().get(pk=event.pk)
    assert card_of(event, now).price_from == "From €5.00"
    assert card_of(event, now + timedelta(minutes=90)).price_from == "€12.00"
    assert card_of(event, now + timedelta(hours=3)).price_from == "From €12.00"


def test_a_card_names_the_coming_price_before_the_sale_and_all_prices_after_it():
    now = timezone.now()
    event = make_event(
        ticket_types=[
            TicketTypeInput("Early", price=Decimal("5"), sales_end_at=now + timedelta(hours=1)),
            TicketTypeInput("Late", price=Decimal("9"), sales_start_at=now + timedelta(hours=2)),
        ]
    )
    event = Event.objects.with_all().get(pk=event.pk)
    assert card_of(event, now + timedelta(minutes=90)).price_from == "€9.00"
    assert card_of(event, event.ends_at).price_from == "From €5.00"


def test_the_clock_alone_makes_it_another_card_and_another_page():
    now = timezone.now()
    opening, closing = now + HOUR, now + 2 * HOUR
    types = [TicketTypeInput("In", sales_start_at=opening, sales_end_at=closing)]
    event = Event.objects.with_all().get(pk=make_event(ticket_types=types).pk)
    moments = [now, opening, closing, event.ends_at]
    assert len({card_of(event, at).shown for at in moments}) == len(moments)
    assert card_of(event, now).shown == card_of(event, now + HOUR / 2).shown


def test_large_numbers_have_separators():
    card = card_of(Event.objects.with_all().get(pk=make_event(capacity=12_345).pk), timezone.now())
    assert card.availability.label == "12,345 left"


@pytest.mark.parametrize(
    "methods, steps, words",
    [
        (["card"], [[168, 100], [24, 50]], "Full refund until"),
        (["card"], [], "No refund."),
        (["door"], [[24, 100]], "cancel free of charge until"),
    ],
    ids=["by steps", "none", "at the door"],
)
def test_what_comes_back_is_said_before_anybody_books(client, methods, steps, words):
    types = [TicketTypeInput("Seat", price=Decimal(20))]
    start = timezone.now() + timedelta(days=30)
    rules = {"starts_at": start, "ends_at": start + timedelta(hours=2), "refund_steps": steps}
    event = make_event(payment_methods=methods, ticket_types=types, **rules)
    page = client.get(event.get_absolute_url()).content.decode()
    assert words in page
    assert ("half until" in page) == (len(steps) == 2)
