"""Discovering events as a person does: typing, paging, going back; with and without JavaScript."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from events.operations import TicketTypeInput, VenueInput
from events.views import PAGE_SIZE
from tests.browser.conftest import OpenPage, axe_findings
from tests.factories import make_booking, make_event, make_team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HALL = VenueInput("LX Factory", "Lisbon", "PT", "Rua 103", Decimal("38.703600"), Decimal("-9.178900"))


def fill() -> str:
    """A page and a bit of events; the address of one with all there is to show."""
    team = make_team()
    types = [TicketTypeInput("Seat", price=Decimal("12.50")), TicketTypeInput("Balcony", capacity=3)]
    event = make_event(
        team, title="Lisbon Jazz", summary="By the river", description="# Bring\n\n- a jumper", tags=["live"],
        category="entertainment", venue=HALL, online_url="", timezone="Europe/Lisbon", ticket_types=types,
    )  # fmt: skip
    make_booking(make_event(team, title="Full house", capacity=1))
    for number in range(PAGE_SIZE):
        make_event(team, title=f"Knitting {number}")
    return event.get_absolute_url()


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_list_and_event_pass_axe(open_page: OpenPage, width: int, theme: str) -> None:
    event = fill()
    for path in ("/", "/?category=social&q=nothing", event):
        page = open_page(path, width=width, theme=theme)
        assert axe_findings(page) == []
        assert overflow(page) <= 0


def test_results_follow_as_one_types_and_the_way_back_leads_back(open_page: OpenPage) -> None:
    fill()
    page = open_page("/")
    count = page.locator("#result-count")
    expect(count).to_have_text(f"{PAGE_SIZE + 2} events")

    page.get_by_role("searchbox").press_sequentially("lisb jaz")

    expect(count).to_have_text("1 event")
    expect(page.locator(".event-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/\?q=lisb\+jaz$"))
    assert page.evaluate("document.activeElement.name") == "q"
    page.go_back()
    expect(page.locator(".event-card")).to_have_count(PAGE_SIZE)


def test_chips_filter_at_once_and_all_can_be_cleared(open_page: OpenPage) -> None:
    fill()
    page = open_page("/", width=1200)

    page.get_by_role("radio", name="Paid").check()

    expect(page.locator("#result-count")).to_have_text("1 event")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("#result-count")).to_have_text(f"{PAGE_SIZE + 2} events")


def test_the_next_page_takes_the_focus_with_it(open_page: OpenPage) -> None:
    fill()
    page = open_page("/")

    page.get_by_role("link", name="Next").click()

    expect(page.locator(".event-card")).to_have_count(2)
    expect(page.get_by_role("heading", name="More events")).to_be_focused()
    page.get_by_role("link", name="Previous").click()
    expect(page.locator(".event-card")).to_have_count(PAGE_SIZE)


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    fill()
    page = open_page("/", javascript=False)

    page.get_by_role("searchbox").fill("lisbn")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Lisbon Jazz").click()

    expect(page.get_by_role("heading", name="Lisbon Jazz", level=1)).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Balcony")).to_have_value("0")


def test_the_browser_tells_its_zone(open_page: OpenPage) -> None:
    page = open_page("/")

    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert f"tz={zone}" in page.evaluate("document.cookie")


def test_near_me_asks_the_browser_and_lists_the_nearest(open_page: OpenPage) -> None:
    fill()
    page = open_page("/")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 38.72231, "longitude": -9.13933})
    page.get_by_text("More filters").click()

    page.get_by_role("button", name="Near me").click()

    expect(page.locator("#result-count")).to_have_text("1 event")
    expect(page).to_have_url(re.compile(r"near=38.72%2C-9.14"))
    page.get_by_role("button", name="Near me").click()
    expect(page.locator("#result-count")).to_have_text(f"{PAGE_SIZE + 2} events")
