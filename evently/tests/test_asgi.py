"""The one entry: what never reaches Django."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from subprocess import run
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from evently.bodies import whole_bodies
from evently.headers import plain_names
from evently.watching import REQUESTS
from tests.waiting import wait_for

MORE_THAN_THREADS = 20


@pytest.fixture(scope="module")
def port():
    from evently.asgi import application

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                log_config=None,
                ws="websockets-sansio",
                loop="evently.loop:Loop",
                lifespan="off",  # its end would close what the site of the browser tests still needs in this process
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def test_a_fresh_process_starts():
    run([sys.executable, "-c", "import evently.asgi"], timeout=60, check=True)


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: in this one Playwright may keep a loop running, for browser tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result(timeout=30)


def exchange(port: int, request: bytes) -> bytes:
    """The answer to raw bytes, to its end."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_body_of_unknown_length_is_refused_by_name(port):
    head = b"POST /api/bookings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    answer = exchange(port, head + b"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert b"application/problem+json" in answer
    assert b'"code": "length-required"' in answer


def test_bodies_that_never_arrive_keep_nobody_out(port):
    head = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        for _ in range(MORE_THAN_THREADS):
            half = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=10)))
            half.sendall(head + b'Content-Length: 50\r\n\r\n{"email":')
        time.sleep(0.2)
        answer = exchange(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_body_beyond_all_bounds_is_refused_before_it_is_read(port):
    head = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
    answer = exchange(port, head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too-large"' in answer


async def spoken_to(app, *messages: dict) -> list[dict]:
    """What an ASGI application says to a client that sends this and then falls silent."""
    waiting, said = [*messages], []

    async def receive():
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(60)

    async def send(message):
        said.append(message)

    await app({"type": "http", "headers": [(b"content-length", b"8")]}, receive, send)
    return said


def part(text: bytes, more: bool) -> dict:
    return {"type": "http.request", "body": text, "more_body": more}


async def reads(scope, receive, send):
    """Answers with what it read."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await send({"type": "http.response.body", "body": body})


def test_a_body_in_pieces_arrives_whole():
    said = run_apart(spoken_to(whole_bodies(reads), part(b"seats", True), part(b"=12", False)))
    assert said == [{"type": "http.response.body", "body": b"seats=12"}]


def test_half_a_body_is_never_acted_upon():
    said = run_apart(spoken_to(whole_bodies(reads), part(b"seats=1", True), {"type": "http.disconnect"}))
    assert said == []


def test_a_body_that_is_too_slow_is_told_so():
    said = run_apart(spoken_to(whole_bodies(reads, seconds=0.05), part(b"seats=1", True)))
    assert said[0]["status"] == 408


def test_a_header_can_not_be_forged_by_an_underscore():
    heard = {}

    async def listens(scope, receive, send):
        heard.update(scope)

    headers = [(b"x-forwarded-for", b"198.51.100.7"), (b"x_forwarded_for", b"203.0.113.9")]
    run_apart(plain_names(listens)({"type": "http", "headers": headers}, None, None))
    assert heard["headers"] == headers[:1]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain; charset=hex", "text/plain; charset=UTF-7", "a/b; charset=unicode_escape", "a/b; x*=bogus'en'%C3%A9"],
)
def test_text_in_another_charset_is_refused(port, content_type):
    head = f"GET /?q=%2B2AA-%C3%A9 HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n\r\n"
    answer = exchange(port, head.encode())
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b'"code": "unsupported-media-type"' in answer


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "a/b; charset=bogus", 'a/b; charset="', ""]
)
def test_what_says_nothing_else_is_read_as_utf8(port, content_type):
    head = f"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {content_type}\r\n\r\n"
    assert exchange(port, head.encode()).startswith(b"HTTP/1.1 200 ")


def test_a_socket_that_nobody_serves_is_refused(port):
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{port}/ws/nowhere"):
        pass


def test_static_files_are_kept_by_their_hash_and_never_guessed_at(port):
    answer = exchange(port, b"GET /static/css/site.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"x-content-type-options: nosniff" in answer.lower()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/events/none", "events/<slug:slug>", "404"),  # by the cache of public reads
        ("/account/login/", "account/login/", "200"),  # by Django
        ("/nowhere", "none", "404"),
    ],
)
def test_an_answer_bears_its_request_s_id_and_is_counted_by_the_page_it_met(port, monkeypatch, path, route, status):
    counted: list[tuple[str, ...]] = []
    monkeypatch.setattr(REQUESTS, "add", lambda *labels: counted.append(labels))
    head = exchange(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head = head.partition(b"\r\n\r\n")[0].lower()
    assert head.count(b"\r\nx-request-id: ") == 1
    assert b"x-evently-route" not in head
    wait_for(lambda: counted)
    assert counted == [("GET", route, status)]
