"""Every request has an id, and is counted by the page that it met."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import structlog

from core import tally
from core.logs import ROUTE_HEADER
from evently.watching import REQUESTS, SECONDS, Watching

ID = b"x-request-id"


@pytest.fixture
def counted(monkeypatch):
    """What is counted while the test runs, by name and labels."""
    monkeypatch.setattr(tally, "_gathered", gathered := tally.Sums())
    return lambda name: {
        tuple(tally._values(field)): count for field, count in gathered.items() if field.startswith(name)
    }


def ask(app: Any, path: str = "/events", method: str = "GET", **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
    """In a thread of its own: in this one Playwright may keep a loop running, for browser tests."""
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b""}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def talk() -> None:
        await Watching(app)(scope, None, send)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, talk()).result(timeout=30)
    head = sent[0] if sent else {"status": 0, "headers": []}
    return head["status"], dict(head["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


def page(status: int = 200, route: str = "", seen: list[Any] | None = None) -> Any:
    """An application that answers this; what it is told goes to `seen`."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if seen is not None:
            seen.extend([dict(scope["headers"])[ID].decode(), structlog.contextvars.get_contextvars()["request_id"]])
        headers = [(ROUTE_HEADER.lower().encode(), route.encode())] if route else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    return answer


def test_an_answer_bears_the_id_that_its_log_lines_bear():
    seen: list[str] = []
    status, headers, body = ask(page(seen=seen))
    assert (status, body) == (200, b"hello")
    assert seen == [headers[ID].decode()] * 2


def test_what_a_client_calls_its_request_does_not_count(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    _, headers, _ = ask(page(), x_request_id="my-own-request-id")
    assert headers[ID] != b"my-own-request-id"


def test_what_a_trusted_balancer_calls_it_does_if_it_is_an_id(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert ask(page(), x_request_id="balancers-own-id")[1][ID] == b"balancers-own-id"
    assert ask(page(), x_request_id="not an id\x7f")[1][ID] != b"not an id\x7f"


def test_requests_are_counted_by_the_pattern_that_they_met_and_nobody_is_told_of_it(counted):
    _, headers, _ = ask(page(route="events/<slug:slug>"), "/events/jazz")
    ask(page(404), "/wp-login.php", method="BREW")
    assert ROUTE_HEADER.lower().encode() not in headers
    assert counted(REQUESTS.name) == {("GET", "events/<slug:slug>", "200"): 1, ("other", "none", "404"): 1}
    assert {key[:2] for key in counted(SECONDS.name)} == {("GET", "events/<slug:slug>"), ("other", "none")}


def test_one_that_breaks_is_counted_too(counted):
    async def broken(scope, receive, send):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ask(broken)
    assert counted(REQUESTS.name) == {("GET", "none", "499"): 1}


def test_whether_it_lives_is_answered_without_asking_anybody(counted):
    assert ask(None, "/livez")[::2] == (200, b"ok")
    assert ask(None, "/livez", "HEAD")[::2] == (200, b"")
    ask(page(), "/readyz")
    assert counted(REQUESTS.name) == {}
