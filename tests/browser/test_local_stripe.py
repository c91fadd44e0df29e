"""The page to pay on that `make run` and tests show instead of Stripe's."""

import pytest
import stripe
from playwright.sync_api import Browser, Page, expect

from local.stripe.server import StripeServer
from tests.browser.conftest import axe_findings
from tests.local.test_stripe import client, order
from tests.stripe_server import stripe_server

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path):
    with stripe_server(tmp_path) as running:
        yield running


def opened(chromium: Browser, server: StripeServer, **how) -> tuple[Page, stripe.checkout.Session]:
    """Its shop is another page of the server's, so that nothing leaves this machine."""
    shop = {"success_url": f"{server.url}/pay/thanks", "cancel_url": f"{server.url}/pay/basket"}
    session = client(server).v1.checkout.sessions.create(order(**shop))
    page = chromium.new_context(**how).new_page()
    page.goto(session.url)
    return page, session


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_pages_are_for_everybody(chromium, server, scheme):
    page, session = opened(chromium, server, color_scheme=scheme, viewport={"width": 390, "height": 800})
    assert axe_findings(page) == []
    page.get_by_role("button", name="Have it declined").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined. Nothing was charged; you can try again.")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Pay with 3-D Secure").click()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Yes, it is me").click()
    expect(page).to_have_url(f"{server.url}/pay/thanks")
    page.goto(session.url)
    expect(page.get_by_role("heading", name="This is paid")).to_be_visible()
    assert axe_findings(page) == []


def test_a_double_click_pays_once(chromium, server):
    page, _ = opened(chromium, server)
    page.get_by_role("button", name="Pay", exact=True).dblclick()
    expect(page).to_have_url(f"{server.url}/pay/thanks")
    assert len(server.all("charge")) == 1


def test_whoever_goes_back_has_paid_nothing(chromium, server):
    page, session = opened(chromium, server)
    page.get_by_role("button", name="Go back without paying").click()
    expect(page).to_have_url(f"{server.url}/pay/basket")
    assert (server.all("charge"), server.session(session.id)["status"]) == ([], "open")
