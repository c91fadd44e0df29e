"""A little more time, on a page that is being filled in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import operations
from bookings.models import Booking
from tests.factories import make_hold, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def clock_of(page) -> int:
    """Minutes on the timer."""
    return int(page.locator("hold-timer [data-clock]").inner_text().split(":")[0])


def test_more_time_leaves_what_was_typed_and_is_offered_twice(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada)
    page.get_by_label("Name").fill("Ada Lovelace")
    button = page.get_by_role("button", name="Need more time?")

    button.click()
    expect(page.get_by_text("You have more time now.")).to_be_visible()
    button.click()
    expect(button).to_have_count(0)

    assert page.get_by_label("Name").input_value() == "Ada Lovelace"
    assert clock_of(page) > 30
    assert Booking.objects.get().extensions == 2


def test_another_tab_follows(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada)

    operations.extend(booking=basket, now=timezone.now())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('booking-changed'))")

    expect(page.locator("hold-timer [data-clock]")).to_contain_text("24:")


def test_a_timer_that_was_replaced_still_says_when_the_time_is_up(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada, expected=410)
    page.get_by_role("button", name="Need more time?").click()
    expect(page.locator("hold-timer [data-clock]")).to_contain_text("24:")
    Booking.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))

    page.locator("hold-timer").dispatch_event("hold-ended", {"bubbles": True})

    expect(page.get_by_role("heading", level=1)).to_have_text("The time for these seats was up")


def test_seats_that_are_kept_for_days_name_the_day_instead_of_counting_seconds(open_page):
    basket = make_hold(customer=(ada := make_user("Ada")))
    now = timezone.now()
    operations.keep_until(booking=basket, until=now + timedelta(days=3), now=now)
    page = open_page(f"/bookings/{basket.pk}/checkout", user=ada)

    until = f"{now + timedelta(days=3):%A} {(now + timedelta(days=3)).day} {now + timedelta(days=3):%B}"
    expect(page.locator("hold-timer .hold-plain")).to_contain_text(until)
    expect(page.locator("hold-timer .hold-plain")).to_be_visible()
    expect(page.locator("hold-timer .hold-live")).to_be_hidden()
