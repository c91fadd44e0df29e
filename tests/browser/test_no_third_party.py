"""No page asks anybody but us for anything: every address that the table of permissions knows, the admin and the API's
documentation among them, opened in a browser."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Request

from tests.browser.conftest import session_of
from tests.test_every_page import let_in
from tests.test_permissions import path_of
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# What the browser says of a request that our policy forbade before it was made.
KEPT_BACK = re.compile(r"(Loading|Connecting|Refused to (load|connect)).*Content Security Policy", re.DOTALL)
ADMIN = ["/admin/", "/admin/events/event/", "/admin/accounts/user/add/", "/admin/outbox/message/"]


def addresses(world: World, who: str) -> list[str]:
    """The pages that this table's line names somebody for, if it is they; staff see the admin too."""
    pages = [path_of(world, route) for route, one in let_in("GET") if one == who]
    return pages + (ADMIN if who == "staff" else [])


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.mark.parametrize("who", ["nobody", "other", "guest", "door", "manager", "owner", "staff"])
def test_no_page_asks_a_third_party_for_anything(chromium, site, contexts, settings, who):
    world, asked = make_world(), set()
    person = world.people[who]
    context = chromium.new_context(service_workers="block", accept_downloads=True)
    contexts.append(context)
    if person:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": site}])

    def note(request: Request) -> None:
        origin = urlsplit(request.url)
        if origin.scheme in ("http", "https", "ws", "wss") and origin.netloc != urlsplit(site).netloc:
            asked.add((page.url, request.url))

    def said(message: ConsoleMessage) -> None:
        if KEPT_BACK.match(message.text):
            asked.add((page.url, message.text))

    page = context.new_page()
    page.on("request", note)
    page.on("console", said)
    for path in addresses(world, who):
        try:
            page.goto(site + path, wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message and "net::ERR_ABORTED" not in error.message:
                raise
    assert sorted(asked) == []
