"""The dashboard before and after: what people did is what it says, and its numbers are rows."""

import csv
import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics import operations
from bookings import operations as bookings
from bookings.models import BookingLine
from core import sightings
from events.operations import TicketTypeInput
from tests.browser.conftest import axe_findings
from tests.factories import make_booking, make_event, make_place, make_team, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def count_all() -> None:
    """What beat does every two seconds."""
    sightings.flush()
    operations.bring(now=timezone.now())
    operations.sweep_all()


def headline(page: Page) -> dict[str, str]:
    terms = page.locator(".headline dt").all_inner_texts()
    return dict(zip(terms, page.locator(".headline dt + dd").all_inner_texts(), strict=True))


@pytest.mark.parametrize("javascript", [True, False])
def test_the_figures_before_and_after_add_up_to_rows(open_page, javascript):
    sightings.flush()
    sightings.redis().delete(sightings.KEY)
    olga = make_user("Olga")
    price = [TicketTypeInput(name="Seat", price=Decimal("12.50"))]
    event = make_event(make_team(olga), title="Quartet", capacity=8, ticket_types=price)
    page = open_page(f"/organise/events/{event.slug}", user=olga, javascript=javascript)
    page.get_by_role("link", name="Figures", exact=True).click()
    expect(page.get_by_text("Nothing has been counted yet.").first).to_be_visible()
    assert headline(page) == {"Tickets sold": "0", "Bookings": "0", "Page views": "0", "Seats cancelled": "0"}

    visitor = open_page(f"/events/{event.slug}", javascript=javascript)
    visitor.reload()
    make_booking(event, quantity=5)
    changed = make_booking(event, quantity=3)
    line = changed.lines.get()
    bookings.cancel_seats(booking=changed, numbers={line.pk: [1]}, now=timezone.now())
    make_booking(event, quantity=1)
    make_place(event, quantity=4)
    count_all()
    page.reload()

    assert sum(line.quantity + len(line.cancelled_numbers) for line in BookingLine.objects.all()) == 9
    assert headline(page) == {"Tickets sold": "9", "Bookings": "3", "Page views": "2", "Seats cancelled": "1"}
    expect(page.get_by_text("9 tickets sold; 1 of them has been cancelled since.")).to_be_visible()
    expect(page.get_by_text("8 of 8 seats are booked: 100 %.")).to_be_visible()
    expect(page.get_by_text("1 party waits: 4 more seats ≈ €50.00 at today’s prices.")).to_be_visible()
    expect(page.get_by_text("Tickets for €112.50 sold, €12.50 of it cancelled since.")).to_be_visible()
    page.locator("#sales summary").click()
    cells = page.locator("#sales tbody tr").last.locator("td").all_inner_texts()
    assert cells == ["3", "9", "1", "1"]
    with page.expect_download() as download:
        page.locator("#sales").get_by_role("link", name="Download as CSV").click()
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert rows[-1][1:] == cells
    page.get_by_role("link", name="7 days").click()
    expect(page).to_have_url(re.compile(r"\?range=7$"))
    expect(page.get_by_text("none in the 7 days before").first).to_be_visible()
    assert headline(page)["Tickets sold"] == "9"


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_figures_are_for_everybody_to_read(open_page, width, theme):
    olga = make_user("Olga")
    event = make_event(make_team(olga), title="Quartet", capacity=3)
    make_booking(event, quantity=3)
    make_place(event, quantity=4)
    count_all()
    page = open_page(f"/organise/events/{event.slug}/figures", width=width, theme=theme, user=olga)
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page = open_page("/organise/figures", width=width, theme=theme, user=olga)
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
