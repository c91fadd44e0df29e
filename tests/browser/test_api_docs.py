"""The API's documentation in a browser: readable, usable, and from our own files alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_documentation_lists_every_operation_and_asks_nobody_else(open_page: OpenPage, site: str) -> None:
    page = open_page("/api-docs", width=1280)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.reload()
    expect(page.locator(".opblock")).to_have_count(50)

    assert [url for url in asked if not url.startswith((site, "data:"))] == []


def test_an_operation_can_be_tried_from_the_page(open_page: OpenPage) -> None:
    page = open_page("/api-docs", width=1280)

    page.locator("#operations-events-events_list").get_by_role("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    expect(page.locator(".live-responses-table .response .response-col_status").first).to_contain_text("200")
