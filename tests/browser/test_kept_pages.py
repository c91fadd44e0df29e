"""Pages that a browser keeps: a key for each visit, and nothing out of date for whoever goes back."""

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from tests.factories import make_event, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def key_of(page: Page) -> str:
    return page.locator("#picker input[name=key]").input_value()


def test_each_visit_has_a_key_of_its_own_also_when_the_page_was_kept(open_page, site):
    event = make_event()
    page = open_page(event.get_absolute_url())
    first = key_of(page)

    page.goto("about:blank")
    page.goto(site + event.get_absolute_url())

    assert key_of(page) != first


def test_who_goes_back_from_the_checkout_is_told_of_the_basket(open_page):
    event = make_event()
    page = open_page(event.get_absolute_url(), user=make_user("Ada"))

    page.locator("#picker button[type=submit]").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your booking")
    page.go_back()

    expect(page.get_by_text("Seats are held for you")).to_be_visible()
    assert Booking.objects.count() == 1
