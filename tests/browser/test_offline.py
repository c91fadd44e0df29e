"""Evently as an app: what its browser keeps, what it shows without a server, and what it forgets."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking
from bookings.operations import cancel
from tests.browser.conftest import axe_findings, session_of
from tests.browser.waiting import wait_until
from tests.factories import make_booking, make_user
from tickets.operations import issued

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TICKETS = """async () => {
  const found = [];
  for (const name of (await caches.keys()).filter((one) => one.startsWith("tickets-"))) {
    found.push(...(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname));
  }
  return found;
}"""
EVERYTHING = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    found.push(...(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname));
  }
  return found;
}"""


class Server:
    """A server of a test's own: it answers as the site does, until it is stopped."""

    def __init__(self, site: str) -> None:
        self.behind = (urlsplit(site).hostname, urlsplit(site).port)
        self.listening: socket.socket | None = None
        self.open: list[socket.socket] = []
        self.port = 0
        self.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.listening], daemon=True).start()

    def stop(self) -> None:
        """The listener and every connection end."""
        assert self.listening
        for one in [self.listening, *self.open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.open.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours = listening.accept()[0]
                theirs = socket.create_connection(self.behind)
                self.open += [ours, theirs]
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._pass_on, args=[one, other], daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(65536):
                other.sendall(said)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server(site: str) -> Iterator[Server]:
    running = Server(site)
    yield running
    running.stop()


@pytest.fixture
def visit(chromium: Browser, server: Server):
    """A browser of somebody's, with its service worker at work."""
    contexts = []

    def opened(user: User | None = None, path: str = "/", **how) -> Page:
        context = chromium.new_context(viewport={"width": 390, "height": 900}, reduced_motion="reduce", **how)
        contexts.append(context)
        if user:
            sign_in(context, user)
        page = context.new_page()
        page.goto(server.origin + path)
        page.evaluate("navigator.serviceWorker.ready")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        return page

    def sign_in(context, user: User) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": server.origin}
        context.add_cookies([cookie])

    opened.sign_in = sign_in
    yield opened
    for context in contexts:
        context.close()


def tickets_of(booking: Booking) -> str:
    issued(booking=booking)
    return f"/tickets/booking/{booking.pk}"


def test_a_ticket_once_opened_opens_with_the_server_stopped(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path, ticket = tickets_of(booking), issued(booking=booking)[0]
    page = visit(ada)
    page.goto(server.origin + path)
    page.goto(server.origin + ticket.get_absolute_url())
    server.stop()

    page.goto(server.origin + path)
    expect(page.get_by_role("heading", level=1)).to_have_text(booking.event.title)
    expect(page.get_by_text("This is a saved copy")).to_be_visible()
    page.get_by_role("link", name="Open").click()

    expect(page.get_by_role("img", name=f"QR code of ticket {ticket.readable_code}")).to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.code-frame')).backgroundColor") == "rgb(255, 255, 255)"
    )
    assert page.evaluate("document.fonts.check('16px \"Instrument Sans\"')")


def test_without_a_network_every_other_page_lists_the_saved_tickets(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")), quantity=1)
    path = tickets_of(booking)
    page = visit(ada)
    page.goto(server.origin + path)
    expect(page.get_by_text("This is a saved copy")).to_be_hidden()
    page.context.set_offline(True)
    server.stop()

    page.goto(server.origin + "/bookings/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    saved = page.locator("saved-tickets li")
    expect(saved).to_have_count(1)
    expect(saved).to_contain_text(booking.event.title)
    expect(saved).to_contain_text(f"1 ticket, booking {booking.reference}")
    assert axe_findings(page) == []
    saved.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(booking.event.title)


def test_the_list_of_saved_tickets_can_be_looked_at_with_a_network_too(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path = tickets_of(booking)
    page = visit(ada)
    page.goto(server.origin + path)
    for _ in range(2):
        page.goto(server.origin + "/offline")
        expect(page.locator("saved-tickets li")).to_contain_text(booking.event.title)


def test_with_the_server_back_pages_are_fresh(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path = tickets_of(booking)
    page = visit(ada)
    page.goto(server.origin + path)
    server.stop()
    page.goto(server.origin + path)
    expect(page.get_by_text("This is a saved copy")).to_be_visible()
    cancel(booking=booking, now=timezone.now())
    server.start()

    page.reload()

    expect(page.get_by_text("This is a saved copy")).to_be_hidden()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()


def test_signing_out_clears_the_tickets_also_for_whoever_is_offline_then(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path = tickets_of(booking)
    page = visit(ada)
    page.goto(server.origin + path)
    assert page.evaluate(TICKETS) == [path]

    page.goto(server.origin + "/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert page.evaluate(TICKETS) == []
    server.stop()
    page.goto(server.origin + path)

    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.get_by_text("There are none on this device.")).to_be_visible()
    assert booking.event.title not in page.content()


def test_what_was_kept_for_one_is_gone_when_another_signs_in(visit, server):
    path = tickets_of(make_booking(customer=(ada := make_user("Ada"))))
    page = visit(ada)
    page.goto(server.origin + path)
    page.context.clear_cookies()
    visit.sign_in(page.context, make_user("Bob"))
    page.goto(server.origin + "/bookings/")
    assert page.evaluate(TICKETS) == []


def test_an_answer_that_arrives_after_signing_out_is_not_kept(visit, server):
    path = tickets_of(make_booking(customer=(ada := make_user("Ada"))))
    page = visit(ada)
    page.goto(server.origin + "/bookings/")
    [worker] = page.context.service_workers
    # The worker's own fetch is slow for tickets, until it is let go.
    worker.evaluate("""() => {
      const real = self.fetch;
      self.fetch = async (request) => {
        const answer = await real(request);
        if ((request.url ?? request).includes("/tickets/")) await new Promise((go) => { self.letGo = go; });
        return answer;
      };
    }""")
    slow = page.context.new_page()
    slow.evaluate("(path) => { location.href = path; }", server.origin + path)
    wait_until(page, lambda: worker.evaluate("self.letGo !== undefined"))
    page.context.clear_cookies()
    page.goto(server.origin + "/")
    worker.evaluate("self.letGo()")
    slow.wait_for_url(f"**{path}")

    assert page.evaluate(TICKETS) == []


def test_a_first_page_that_is_a_ticket_is_kept_too(visit, server):
    path = tickets_of(make_booking(customer=(ada := make_user("Ada"))))
    page = visit(ada, path)
    wait_until(page, lambda: page.evaluate(TICKETS) == [path])


def test_nothing_private_is_kept_but_tickets(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path, ticket = tickets_of(booking), issued(booking=booking)[0]
    page = visit(ada)
    for one in (
        "/bookings/",
        booking.get_absolute_url(),
        "/account/",
        "/notifications/",
        path,
        ticket.get_absolute_url(),
    ):
        page.goto(server.origin + one)
    kept = [one for one in page.evaluate(EVERYTHING) if not one.startswith("/static/")]
    assert sorted(kept) == sorted(["/offline", path, f"{path}/qr.svg", ticket.get_absolute_url()])
    files = [one for one in page.evaluate(EVERYTHING) if one.startswith("/static/")]
    assert files
    assert all(len(one.split("/")[-1].split(".")[-2]) == 12 for one in files)


def test_a_ticket_that_is_not_there_any_more_is_forgotten(visit, server):
    booking = make_booking(customer=(ada := make_user("Ada")))
    path = tickets_of(booking)
    page = visit(ada)
    page.goto(server.origin + path)
    Booking.objects.filter(pk=booking.pk).update(customer=make_user("Bob"))
    page.goto(server.origin + path)
    assert page.evaluate(TICKETS) == []


def test_the_app_can_be_installed(visit, server):
    page = visit()
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{server.origin}/manifest.webmanifest"
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )
