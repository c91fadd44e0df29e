"""The last seat, two people, and everybody else: nobody reloads, nobody goes past the line."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import operations as bookings
from bookings.models import Booking
from tests.factories import make_booking, make_event, make_place, make_user, owner_of
from waitlist import operations
from waitlist.models import Entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 2200  # ms: by a mark, sooner than anything heals by itself


def test_the_last_seat_goes_to_the_head_of_the_line_and_the_ledger_tells_the_story(open_page):
    event = make_event(title="Rooftop Jazz", capacity=2, offer_minutes=60)
    make_booking(event)
    ada, bob = make_user("Ada"), make_user("Bob")
    passer_by = open_page(event.get_absolute_url(), width=1280)
    for_bob = open_page(event.get_absolute_url(), user=bob)
    expect(for_bob.get_by_text("Only 1 left").first).to_be_visible()

    for_ada = open_page(event.get_absolute_url(), user=ada, expected=410)  # her basket lapses under her eyes
    for_ada.locator("#picker form button:not([type=button])").click()
    expect(for_ada.get_by_role("heading", level=1)).to_have_text("Confirm your booking")
    expect(for_bob.get_by_text("0 free, 1 in a basket")).to_be_visible(timeout=SOON)
    expect(passer_by.get_by_text("0 free, 1 in a basket")).to_be_visible(timeout=SOON)

    for_bob.get_by_role("link", name="Join the waitlist").first.click()
    for_bob.get_by_role("button", name="Join the waitlist").click()
    expect(for_bob.get_by_role("heading", level=1)).to_have_text(re.compile("#1"))
    expect(for_bob.get_by_text("You are next.")).to_be_visible()

    Booking.objects.pending().update(hold_expires_at=timezone.now())
    assert bookings.release_lapsed(now=timezone.now()) == 1
    expect(for_bob.get_by_role("heading", level=1)).to_have_text("1 seat for you", timeout=3 * SOON)
    expect(passer_by.get_by_text("0 free, 1 reserved for the waitlist")).to_be_visible(timeout=SOON)
    assert "1 free" not in passer_by.inner_text("body")

    for_bob.get_by_role("button", name="Accept").click()
    expect(for_bob.get_by_text("You’re going!")).to_be_visible()
    expect(passer_by.get_by_text("reserved for the waitlist")).to_be_hidden(timeout=SOON)
    assert Entry.objects.get().status == Entry.Status.ACCEPTED
    assert bookings.audit_inventory() == []

    ledger = open_page(f"/organise/events/{event.slug}/why", width=1280, user=owner_of(event.organizer))
    words = ledger.inner_text("main")
    for part in ("basket", "time was up", "offered to #1", "accepted"):
        assert re.search(part, words, re.IGNORECASE), part


def test_positions_move_up_without_a_reload(open_page):
    event = make_event(capacity=1)
    make_booking(event)
    ada, bob = make_user("Ada"), make_user("Bob")

    first, second = make_place(event, ada), make_place(event, bob)
    page = open_page(second.get_absolute_url(), user=bob)
    expect(page.get_by_text("1 party is ahead of you.")).to_be_visible()
    operations.leave(entry=first, now=timezone.now())
    expect(page.get_by_text("You are next.")).to_be_visible(timeout=3 * SOON)
