"""Choosing, checking out and showing a ticket, as a person with a phone does it."""

from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from bookings.models import Booking
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_hold, make_user
from tickets import codes, operations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def codes_seen(page: Page) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_choice_is_explained_in_the_picker_and_can_be_mended(open_page, javascript):
    event, ada = make_event(capacity=5), make_user("Ada")
    page = open_page(event.get_absolute_url(), javascript=javascript, user=ada, expected=409)
    make_booking(event, quantity=4)  # while the page is open

    page.locator("#picker input[type=number]").fill("3")
    page.locator("#picker button[type=submit]").click()
    expect(page.locator("#picker [role=alert]")).to_have_text("Only 1 left.")
    page.locator("#picker input[type=number]").fill("1")
    page.locator("#picker button[type=submit]").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your booking")
    assert Booking.objects.pending().get().quantity == 1


def test_a_group_ticket_steps_from_none_to_the_smallest_group_and_back(open_page):
    event = make_event(
        capacity=50,
        ticket_types=[
            TicketTypeInput("Group", min_per_booking=10, max_per_booking=20),
            TicketTypeInput("Single"),
        ],
    )
    page = open_page(event.get_absolute_url())
    group = page.get_by_role("group", name="Group")
    number = group.get_by_role("spinbutton")

    steps = []
    for button in ("Add one ticket", "Add one ticket", "Remove one ticket", "Remove one ticket"):
        group.get_by_role("button", name=button).click()
        steps.append(number.input_value())

    assert steps == ["10", "11", "10", "0"]


def test_when_the_time_is_up_the_page_says_so_by_itself(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada, expected=410)
    Booking.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))

    page.locator("hold-timer").dispatch_event("hold-ended", {"bubbles": True})

    expect(page.get_by_role("heading", level=1)).to_have_text("The time for these seats was up")
    expect(page.locator("header.site-header")).to_have_count(1)


def test_a_timer_that_ends_early_changes_nothing(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada)

    with page.expect_response("**/checkout"):
        page.locator("hold-timer").dispatch_event("hold-ended", {"bubbles": True})

    expect(page.get_by_role("button", name="Confirm booking")).to_be_visible()
    assert (page.locator("#basket").count(), page.locator("header.site-header").count()) == (1, 1)


def test_a_double_click_on_confirm_books_once(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada)

    page.get_by_role("button", name="Confirm booking").dblclick()

    expect(page.get_by_text("You’re going!")).to_be_visible()
    assert Booking.objects.get().status == "confirmed"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_camera_reads_the_code_off_the_screen_in_either_theme(open_page, theme):
    booking = make_booking(customer=(ada := make_user("Ada")))
    (ticket,) = operations.issued(booking=booking)

    page = open_page(ticket.get_absolute_url(), theme=theme, user=ada)
    on_page = codes_seen(page)
    page.get_by_role("button", name="Full screen").click()

    assert on_page == codes_seen(page) == [codes.sign(ticket)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_camera_reads_the_next_ticket_in_my_bookings(open_page, theme):
    booking = make_booking(customer=(ada := make_user("Ada")))

    page = open_page("/bookings/", theme=theme, width=1280, user=ada)

    assert codes_seen(page) == [codes.sign(booking.tickets.get())]
