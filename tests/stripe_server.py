"""The local Stripe-protocol server inside a test, and a browser's presses on its pages."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from local.stripe.server import StripeServer
from local.stripe.webhooks import Endpoint

# Of the tests alone.
KEY = "sk_test_of_the_platform_alone"
SECRET = "whsec_of_the_platform_alone"
OTHER_KEY = "sk_test_of_a_team_of_its_own"
OTHER_SECRET = "whsec_of_a_team_of_its_own"


@contextmanager
def stripe_server(folder: Path, *, webhooks_to: str = "") -> Iterator[StripeServer]:
    """One that runs, on a free port. Events go nowhere by themselves unless it is said where: a test sends
    `server.messages()` as it likes."""
    accounts = {KEY: Endpoint(webhooks_to, SECRET), OTHER_KEY: Endpoint("", OTHER_SECRET)}
    server = StripeServer(folder / "stripe.sqlite3", accounts)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def press(url: str, button: str) -> tuple[int, str]:
    """Press a button of the page at `url` (pay, decline, challenge, confirm, fail, abandon): the status and where the
    browser is sent."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", parts.path, urlencode({"do": button}), headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", "")
    finally:
        connection.close()


def pay_by(settings, server: StripeServer) -> None:
    """Have cards paid there."""
    settings.STRIPE_API_URL = settings.STRIPE_PAGES_URL = server.url
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET


def environ_of(server: StripeServer) -> dict[str, str]:
    """The same for a process."""
    return {
        "STRIPE_API_URL": server.url,
        "STRIPE_PAGES_URL": server.url,
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
