import asyncio
import threading

import pytest

from core import sightings
from evently.page_views import PageViews, viewed

BROWSER = (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0")


def asked(path="/events/fado-night", *headers, method="GET"):
    return {"type": "http", "method": method, "path": path, "headers": [BROWSER, *headers]}


def test_the_page_of_an_event_is_a_view():
    assert viewed(asked()) == "fado-night"


@pytest.mark.parametrize(
    "scope",
    [
        asked("/events/fado-night/share.png"),
        asked("/events/"),
        asked("/"),
        asked(method="HEAD"),
        asked("/events/fado-night", (b"hx-request", b"true")),
        asked("/events/fado-night", (b"sec-purpose", b"prefetch;prerender")),
        {**asked(), "headers": []},
        {**asked(), "headers": [(b"user-agent", b"Mozilla/5.0 (compatible; Googlebot/2.1)")]},
        {**asked(), "headers": [(b"user-agent", b"curl/8.5.0")]},
    ],
    ids=["picture", "no event", "home", "head", "part", "ahead", "nobody", "bot", "curl"],
)
def test_all_else_is_none(scope):
    assert viewed(scope) is None


def answer_with(status):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


@pytest.mark.parametrize(("status", "views"), [(200, 1), (304, 1), (404, 0), (500, 0), (302, 0)])
def test_what_was_not_shown_is_not_counted(status, views):
    sightings.flush()
    sightings.redis().delete(sightings.KEY)
    sent = []

    async def send(message):
        sent.append(message)

    def ask():
        asyncio.run(PageViews(answer_with(status))(asked(), None, send))

    thread = threading.Thread(target=ask)  # a test's own thread may have a loop that lives
    thread.start()
    thread.join()
    sightings.flush()
    counts = sightings.redis().hgetall(sightings.KEY)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sum(int(number) for number in counts.values()) == views
    assert all(sightings.read_field(field)[1:] == ("view", "fado-night", "") for field in counts)
