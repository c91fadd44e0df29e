"""A real browser against the real ASGI application, on a free port of the loopback."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
import pytest
import uvicorn
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from pytest_django import DjangoDbBlocker

from accounts.models import User
from local.native import find_chromium
from tests.topology.starting import Topology, topology
from tests.waiting import wait_for

# Playwright's sync API keeps an event loop in this thread; our ORM calls beside it are as safe as ever.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OpenPage = Callable[..., Page]
_topology: list[Topology] = []  # with EVENTLY_TOPOLOGY, what the site is


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a running Evently, which ends before the database does. Tests that write data ask for
    `transactional_db` too. With EVENTLY_TOPOLOGY it is a whole installation (tests/topology)."""
    if os.environ.get("EVENTLY_TOPOLOGY"):
        with django_db_blocker.unblock(), topology() as running:
            _topology.append(running)
            yield running.address
            _topology.clear()
        return
    from evently.asgi import application

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # What a page that has gone was still being told must not keep the server, and its database, from ending.
        config = uvicorn.Config(application, log_config=None, lifespan="on", timeout_graceful_shutdown=3)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[OpenPage]:
    """`open_page("/style", width=390, theme="dark", user=ada)`; fails on console errors and on answers ≥ 400.

    A test that expects such an answer names its status: `open_page("/nowhere", expected=404)`. `worker=True` lets the
    service worker come, and `prepare` is called with the page's context before anything is opened. A test may bring a
    `browser` of its own.
    """
    for running in _topology:
        running.hold_still(False)
    with _watched() as watch:
        contexts = []

        def open_one(
            path: str,
            *,
            width: int = 390,
            theme: str = "light",
            javascript: bool = True,
            user: User | None = None,
            expected: int = 200,
            worker: bool = False,
            prepare: Callable[[BrowserContext], None] | None = None,
            browser: Browser | None = None,
        ) -> Page:
            context = (browser or chromium).new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if theme == "dark" else "light",
                java_script_enabled=javascript,
                reduced_motion="reduce",
                service_workers="allow" if worker else "block",
            )
            contexts.append(context)
            if user:
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}])
            if prepare:
                prepare(context)
            page = context.new_page()
            watch(page, expected)
            page.goto(site + path)
            return page

        yield open_one
        for context in contexts:
            context.close()
        for running in _topology:
            running.hold_still(True)
        # What a page that has gone asked for is still being read; emptying the tables now could end in a deadlock.
        with django_db_blocker.unblock():
            wait_for(nobody_reads)


def nobody_reads() -> bool:
    """Whether no other connection is at work on the test database."""
    with connection.cursor() as cursor:
        cursor.execute("""SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND state <> 'idle')""")
        return bool(cursor.fetchone()[0])


def session_of(user: User) -> str:
    """The session cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _watched() -> Iterator[Callable[[Page, int], None]]:
    wrong: list[str] = []

    def watch(page: Page, expected: int) -> None:
        def answered(response: Response) -> None:
            if response.status >= 400 and response.status != expected:
                wrong.append(f"{response.status} {response.url}")

        def said(message: ConsoleMessage) -> None:
            # Chromium also prints a line for each answer ≥ 400; `answered` judges those.
            if message.type == "error" and "the server responded with a status of" not in message.text:
                wrong.append(message.text)

        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("response", answered)

    yield watch
    assert wrong == []


def axe_findings(page: Page) -> list[str]:
    """What axe has against a page, one line each: rule, element."""
    page.evaluate(AXE)
    options = {"preload": False, "runOnly": {"type": "tag", "values": RULES}}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [f"{found['id']}: {node['target']}" for found in result["violations"] for node in found["nodes"]]
