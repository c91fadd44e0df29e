"""Searches are counted by address, in front of what is kept of them."""

from typing import Any

import pytest
from django.core.cache import cache

from core import limits
from core.limits import Policy
from core.middleware import REFUSAL
from evently.searches import Searches, is_search
from evently.tests.test_microcache import run
from tests.api import Api, assert_problem

ALLOWED, REFUSED = 200, 429


@pytest.fixture(autouse=True)
def limited(settings, monkeypatch):
    """Two searches a day."""
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "search", Policy("2/d", "address"))
    yield
    cache.clear()


def ask(*requests: tuple[str, str], **headers: str) -> list[int]:
    """What becomes of these, one after the other: who lets them through says 200, who refuses them 429."""
    said: list[int] = []

    async def let_through(scope: dict[str, Any], receive: Any, send: Any) -> None:
        said.append(ALLOWED)

    async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
        said.append(scope[REFUSAL].status)

    async def one_by_one() -> None:
        searches = Searches(let_through, refuse)
        for path, query in requests:
            await searches(scope_of(path, query, **headers), None, None)
        await searches.close()

    run(one_by_one())
    return said


def scope_of(path: str, query: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    raw = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw}
    return scope | {"client": ("198.51.100.2", 40000)}


def test_the_third_search_is_one_too_many_by_page_and_api_together():
    assert ask(("/", "q=jazz"), ("/api/events", "search=jazz"), ("/", "q=rock"), ("/api/events", "search=rock")) == [
        ALLOWED, ALLOWED, REFUSED, REFUSED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", ""),
        ("/", "q="),
        ("/", "category=music"),
        ("/", "search=x"),
        ("/events/jazz", "q=x"),
        ("/api/events", "q=x"),
    ],
)
def test_looking_around_is_not_counted(path, query):
    assert ask(*[(path, query)] * 4) == [ALLOWED] * 4


@pytest.mark.parametrize("query", ["q=jazz", "category=music&q=jazz", "%71=jazz", "q=&q=jazz", "q=%ff"])
def test_a_search_is_known_however_it_is_spelled(query):
    assert is_search(scope_of("/", query))
    assert not is_search(scope_of("/", query, method="POST"))


def test_more_fields_than_are_read_are_left_to_who_refuses_them():
    assert not is_search(scope_of("/", "&".join(f"a{n}=1" for n in range(501)) + "&q=x"))


@pytest.mark.parametrize(
    ("proxies", "forged"),
    [(0, "{n}"), (1, "{n}, 192.0.2.7"), (2, "{n}, 192.0.2.7, 198.51.100.1")],
)
def test_what_a_client_says_of_itself_gets_it_no_further(proxies, forged, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    said = [ask(("/", "q=jazz"), X_Forwarded_For=forged.format(n=f"203.0.113.{n}"))[0] for n in range(4)]
    assert said == [ALLOWED, ALLOWED, REFUSED, REFUSED]


def test_without_redis_people_may_search(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert ask(*[("/", "q=jazz")] * 4) == [ALLOWED] * 4


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "query"), [("/", "q=jazz"), ("/api/events", "search=jazz")])
def test_who_is_refused_reads_why_and_when_to_come_back(path, query):
    told: dict[str, Any] = {}

    async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
        told["scope"] = scope

    async def thrice() -> None:
        searches = Searches(refuse, refuse)
        for _ in range(3):
            await searches(scope_of(path, query), None, None)
        await searches.close()

    run(thrice())
    answer = Api(**{"asgi.scope": told["scope"]}).send("GET", f"{path}?{query}")
    assert answer.status_code == REFUSED
    assert answer["RateLimit-Policy"] == '"search";q=2;w=86400'
    assert answer["RateLimit"].startswith('"search";r=0;t=')
    assert int(answer["Retry-After"]) > 0
    if path == "/":
        assert b"A moment, please" in answer.content
    else:
        assert_problem(answer, REFUSED, "too-many-requests")
