"""The main job, as a newcomer does it: look around, register, book, hold real tickets."""

import json
import re
import urllib.request
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings import operations
from bookings.models import Booking
from events.operations import TicketTypeInput, VenueInput
from tests.factories import PASSWORD, make_event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def programme():
    """A free event, one that is paid at the door, and one that is neither searched for nor booked."""
    quay = VenueInput("Old Quay Hall", "Lisbon", "PT", "Rua do Cais 1", Decimal("38.7"), Decimal("-9.15"))
    make_event(title="Jazz by the River", venue=quay, online_url="", timezone="Europe/Lisbon", capacity=40)
    seat = TicketTypeInput(name="Standing", price=Decimal("12.50"))
    make_event(title="Night of the Cellos", ticket_types=[seat], timezone="Europe/Berlin")
    make_event(title="Letterpress for Beginners")


def choose(page: Page, title: str, tickets: int) -> None:
    """From the list to the checkout of so many tickets."""
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    quantity = page.get_by_role("spinbutton")
    while int(quantity.input_value()) < tickets:
        page.get_by_role("button", name="Add one ticket").click()
    page.locator("#picker form button:not([type=button])").click()


def read_codes(pdf: bytes) -> list[str]:
    """The QR codes of a PDF, a page at a time, as a scanner sees them."""
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [found.text for page in pages for found in zxingcpp.read_barcodes(page)]


def verify(site: str, code: str) -> dict:
    body = json.dumps({"code": code}).encode()
    request = urllib.request.Request(f"{site}/api/tickets/verify", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  our own server on the loopback
        return json.load(answer)


def test_a_newcomer_books_and_holds_tickets_that_verify(site, open_page, programme):
    page = open_page("/")
    search = page.get_by_role("searchbox").first
    search.fill("jaz river")
    expect(page.get_by_role("link", name="Letterpress for Beginners")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=jaz"))

    choose(page, "Jazz by the River", tickets=2)
    page.get_by_role("main").get_by_role("link", name=re.compile("Sign up|Create|Register", re.I)).click()
    page.get_by_label("Your name").fill("Zoë Newcomer")
    page.get_by_label("E-mail").fill("zoe@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=re.compile("Sign up|Create", re.I)).click()
    page.get_by_role("button", name="Hold these seats").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your booking")
    page.reload()
    page.get_by_role("button", name="Confirm booking").click()
    booking = Booking.objects.get()
    expect(page).to_have_url(f"{site}/bookings/{booking.pk}")
    assert (booking.status, booking.quantity, booking.total) == (Booking.Status.CONFIRMED, 2, 0)

    page.goto(f"{site}/")
    choose(page, "Night of the Cellos", tickets=1)
    expect(page.get_by_text("you pay when you come")).to_be_visible()
    page.get_by_role("button", name="Book, pay €12.50 at the door").click()
    expect(page.get_by_text("€12.50").first).to_be_visible()
    assert set(Booking.objects.values_list("quantity", "total")) == {(2, 0), (1, 1250)}
    assert User.objects.get(email="zoe@example.org").name == "Zoë Newcomer"

    page.goto(f"{site}/tickets/booking/{booking.pk}")
    expect(page.get_by_role("main").get_by_text("Zoë Newcomer").first).to_be_visible()
    pdf = page.request.get(f"{site}/tickets/booking/{booking.pk}/tickets.pdf").body()
    codes = read_codes(pdf)
    assert len(set(codes)) == 2
    for code in codes:
        assert verify(site, code)["status"] == "valid"
    assert operations.audit_inventory() == []

    page.goto(f"{site}/bookings/{booking.pk}/cancel")
    page.get_by_role("main").get_by_role("button", name=re.compile("Cancel", re.I)).click()
    expect(page.get_by_text(re.compile("cancelled", re.I)).first).to_be_visible()
    assert [verify(site, code)["status"] for code in codes] == ["cancelled"] * 2
