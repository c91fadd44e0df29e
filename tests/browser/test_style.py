"""The style page as a person meets it: on a phone and a desk, in both themes, with and without JavaScript."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, axe_findings

pytestmark = pytest.mark.browser


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_passes_axe(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page("/style", width=width, theme=theme)

    assert axe_findings(page) == []


def test_nothing_scrolls_sideways_on_the_narrowest_phone(open_page: OpenPage) -> None:
    page = open_page("/style", width=320)

    assert overflow(page) <= 0


def test_a_chosen_theme_is_there_after_a_reload(open_page: OpenPage) -> None:
    page = open_page("/style", theme="light")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Dark").click()

    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_menu_closes_on_escape_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("/style")
    page.locator(".menu summary").click()

    page.keyboard.press("Escape")

    assert page.evaluate("document.querySelector('.menu details').open") is False
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_stepper_stops_at_the_limit_and_says_why(open_page: OpenPage) -> None:
    page = open_page("/style")
    stepper = page.locator("quantity-stepper").first
    more = stepper.get_by_role("button", name="Add one Standard ticket")
    more.click()
    more.click()

    more.click(force=True)  # aria-disabled by now, yet it still answers

    assert stepper.locator("input").input_value() == "4"
    assert stepper.get_by_role("status").inner_text() == "Four is the most for one person."


def test_a_confirmation_can_be_declined_and_the_focus_returns(open_page: OpenPage) -> None:
    page = open_page("/style")
    page.locator("confirm-dialog").first.get_by_role("button", name="Cancel booking").click()

    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()

    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "Cancel booking"


def test_a_toast_is_announced_and_can_be_dismissed(open_page: OpenPage) -> None:
    page = open_page("/style")
    page.locator("toast-region[role=status]").wait_for(state="attached")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('toast', {detail: {message: 'Saved.', tone: 'ok'}}))")
    toast = page.locator("toast-region[role=status] .toast")

    assert toast.inner_text() == "Saved."

    toast.get_by_role("button", name="Dismiss").click()

    assert toast.count() == 0


def test_the_hold_counts_down_in_minutes_and_seconds(open_page: OpenPage) -> None:
    page = open_page("/style")

    page.wait_for_function("/^9:[0-4]\\d$/.test(document.querySelector('[data-clock]').textContent)")


def test_without_javascript_the_hold_names_the_hour_and_the_form_is_whole(open_page: OpenPage) -> None:
    page = open_page("/style", javascript=False)

    assert page.locator(".hold-plain").first.inner_text().startswith("Your seats are held until")
    assert page.locator(".hold-live").first.is_visible() is False
    assert page.locator("quantity-stepper input").first.is_visible() is True
    assert page.locator("quantity-stepper button").first.is_visible() is False
