"""Public pages from memory, in two real processes: never ahead of a commit, and a second behind it at most."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from events.models import Event, TicketType
from events.operations import TicketTypeInput
from local.services import throwaway_valkey
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of
from tests.racing import closing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

A_SECOND = 1.0
SLACK = 0.5  # for a machine that does other things too


def environment(**more: str) -> dict[str, str]:
    """For a process on the test's own database, which keeps pages as long as in production."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    database = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    url = f"{database}?{query}" if query else database
    return {**os.environ, "DATABASE_URL": url, "READ_CACHE_SECONDS": "0.5", "LOG_LEVEL": "WARNING", **more}


@contextmanager
def web(**more: str) -> Iterator[str]:
    """The address of a web process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "evently.asgi:application", "--port", str(port), "--no-access-log"]
    process = subprocess.Popen([*command, "--log-level", "warning"], env=environment(**more))
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{url}/livez"), seconds=30)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def two() -> Iterator[list[str]]:
    with web() as one, web() as other:
        yield [one, other]


def fetch(url: str, **headers: str) -> tuple[int, Message, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named), timeout=20) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def answers(url: str) -> bool:
    try:
        return fetch(url)[0] == 200
    except OSError:
        return False


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for it. AssertionError when it takes longer."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "It did not happen in time."
        time.sleep(0.02)


def pages(two: list[str], event: Event) -> list[str]:
    paths = ["/", event.get_absolute_url(), "/api/events", f"/api/events/{event.pk}/availability"]
    return [site + path for site in two for path in paths]


def left(urls: list[str]) -> set[int]:
    """How many seats of the only event are left, by all that these pages say."""
    found = [re.findall(r'(?<![\w-])(\d+) left|"free":(\d+)', fetch(url)[2]) for url in urls]
    assert all(found)
    return {int("".join(number)) for numbers in found for number in numbers}


def test_a_booking_is_shown_nowhere_before_it_is_committed_and_everywhere_a_second_later(two):
    event, ada = make_event(capacity=50), make_user("Ada")
    urls = pages(two, event)
    with ThreadPoolExecutor(1) as other_connection:
        assert left(urls) == {50}

        def book() -> None:
            with transaction.atomic():
                make_booking(event, ada, quantity=3)
                began = time.monotonic()
                while time.monotonic() - began < 2 * A_SECOND:  # longer than anything is kept
                    assert left(urls) == {50}

        other_connection.submit(closing(book)).result(timeout=60)
    until(lambda: left(urls) == {47}, seconds=A_SECOND + SLACK)


def test_a_sale_opens_by_the_clock(two):
    opening = timezone.now() + timedelta(hours=1)
    event = make_event(ticket_types=[TicketTypeInput("In", sales_start_at=opening)])
    page = two[0] + event.get_absolute_url()
    assert "Sale opens" in fetch(page)[2]
    soon = timezone.now() + timedelta(seconds=1.2)
    TicketType.objects.filter(event=event).update(sales_start_at=soon)
    until(lambda: "Sale opens" in fetch(page)[2], seconds=1)
    first = fetch(page)[1]["ETag"]
    until(lambda: timezone.now() > soon, seconds=3)
    until(lambda: "Get tickets" in fetch(page)[2], seconds=A_SECOND + SLACK)
    assert fetch(page, If_None_Match=first)[0] == 200  # nothing was written since; the clock alone changed it


def test_all_processes_name_the_same_answer_alike(two):
    event = make_event()
    for one, other in zip(*(pages([url], event) for url in two), strict=True):
        etag = fetch(one)[1]["ETag"]
        assert fetch(other)[1]["ETag"] == etag
        status, headers, body = fetch(other, If_None_Match=etag)
        assert (status, headers["ETag"], headers["Cache-Control"], body) == (304, etag, "public, no-cache", "")


def test_what_somebody_sees_signed_in_reaches_nobody_else(two, client):
    event, draft = make_event(title="Jazz"), make_draft(title="Secret")
    owner = owner_of(draft.organizer)
    make_booking(event, owner, quantity=2)
    client.force_login(owner)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    for site in two:
        mine = fetch(site + event.get_absolute_url(), Cookie=cookie)
        assert "You’re going" in mine[2]
        assert mine[1]["Cache-Control"] == "private, no-cache"
        assert fetch(site + draft.get_absolute_url(), Cookie=cookie)[0] == 200
        assert fetch(site + draft.get_absolute_url())[0] == 404
        for path in ("/", event.get_absolute_url()):
            fetch(site + path, Cookie=cookie)
            _, headers, body = fetch(site + path, Cookie="evently_csrf=x; tz=Europe/Lisbon")
            assert "Set-Cookie" not in headers
            assert "You’re going" not in body
            assert "Signed in as" not in body
            assert "Sign in" in body


def test_fragments_for_htmx_and_whole_pages_are_never_mixed_up(two):
    make_event(title="Jazz")
    for _ in range(2):
        for site in two:
            whole, part = fetch(f"{site}/?q=jazz"), fetch(f"{site}/?q=jazz", HX_Request="true")
            back = fetch(f"{site}/?q=jazz", HX_Request="true", HX_History_Restore_Request="true")
            assert ["<html" in one[2] for one in (whole, part, back)] == [True, False, True]
            assert [one[1].get("HX-Push-Url") for one in (whole, part, back)] == [None, "/?q=jazz", None]
            assert whole[1]["ETag"] != part[1]["ETag"]
            assert "HX-Request" in whole[1]["Vary"]
            assert fetch(f"{site}/?q=jazz", HX_Request="true", If_None_Match=whole[1]["ETag"])[0] == 200


def test_without_redis_reads_go_on():
    event = make_event()
    with throwaway_valkey() as valkey, web(REDIS_URL=valkey.url) as site:
        valkey.stop()
        for url in pages([site], event):
            assert [fetch(url)[0] for _ in range(2)] == [200, 200]
