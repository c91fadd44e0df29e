"""The micro-cache against an application that counts: what is kept, for how long, and for whom."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evently.microcache import MicroCache

PUBLIC = {"cache-control": "public, no-cache", "etag": 'W/"1"'}
FRESH = 0.2
KEY = "0b0e6a4c-3d0c-4d0c-8d0c-0123456789ab"


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: in this one Playwright may keep a loop running, for browser tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result(timeout=30)


class Source:
    """An application that answers what it is told to, and remembers what it was asked."""

    def __init__(self, headers: dict[str, str] | None = None, status: int = 200, body: bytes = b"events") -> None:
        self.headers, self.status, self.body = dict(PUBLIC if headers is None else headers), status, body
        self.asked: list[dict[bytes, bytes]] = []
        self.seconds = 0.0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        self.asked.append(headers)
        await asyncio.sleep(self.seconds)
        etag = self.headers.get("etag", "").encode()
        unchanged = bool(etag) and headers.get(b"if-none-match") == etag
        named = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": 304 if unchanged else self.status, "headers": named})
        await send({"type": "http.response.body", "body": b"" if unchanged else self.body})


class Told:
    """An answer as the client hears it."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.status = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])


async def ask(cache: MicroCache, path: str = "/", query: str = "", method: str = "GET", **headers: str) -> Told:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    named = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "method": method, "path": path, "query_string": query.encode()}
    await cache({**scope, "headers": [(b"host", b"testserver"), *named]}, None, send)
    return Told(said)


def times_asked(source: Source, *requests: dict[str, Any]) -> int:
    """How often the source was asked when these came one after the other, at once."""

    async def one_by_one() -> None:
        cache = MicroCache(source, source, fresh=FRESH)
        for request in requests:
            await ask(cache, **request)

    run(one_by_one())
    return len(source.asked)


@pytest.mark.parametrize(
    "path",
    ["/", "/events/jazz", "/api/events", f"/api/events/{KEY}", f"/api/events/{KEY}/availability"],
)
def test_public_reads_are_asked_for_once(path):
    assert times_asked(Source(), *[{"path": path}] * 3) == 1


@pytest.mark.parametrize("path", ["/account/login/", "/events/jazz/cover", "/bookings/", "/livez", "/api/auth/me"])
def test_all_else_goes_through(path):
    assert times_asked(Source(), *[{"path": path}] * 3) == 3


@pytest.mark.parametrize(
    "request_",
    [
        {"authorization": "Bearer x"},
        {"cookie": "a=b; evently_session=abc"},
        {"if_match": '"1"'},
        {"method": "POST"},
        {"query": "q=" + "x" * 5000},
    ],
)
def test_what_is_somebodys_own_is_neither_taken_from_memory_nor_put_there(request_):
    assert times_asked(Source(), {}, request_, request_) == 3
    assert times_asked(Source(), request_, {}, {}) == 2


@pytest.mark.parametrize(
    "source",
    [
        Source({"etag": '"1"'}),
        Source({"etag": '"1"', "cache-control": "private, no-cache"}),
        Source({"cache-control": "public, no-cache"}),
        Source(PUBLIC | {"vary": "HX-Request, User-Agent"}),
        Source(PUBLIC, status=404),
        Source(PUBLIC, status=500),
        Source(PUBLIC, body=b"x" * (1024 * 1024 + 1)),
    ],
    ids=["unmarked", "private", "no etag", "varies by more", "missing", "broken", "too large"],
)
def test_what_the_view_does_not_share_is_not_kept(source):
    assert times_asked(source, {}, {}) == 2


def test_an_answer_with_a_cookie_is_asked_for_by_each_visitor_himself():
    assert times_asked(Source(PUBLIC | {"set-cookie": "a=b"}), {}, {}) == 4  # once for all, found unfit, and again


@pytest.mark.parametrize(
    "different",
    [
        {"query": "q=x"},
        {"path": "/events/jazz"},
        {"hx_request": "true"},
        {"hx_request": "true", "hx_history_restore_request": "true"},
        {"x_forwarded_proto": "https"},
    ],
)
def test_different_questions_are_kept_apart(different):
    assert times_asked(Source(), {}, different, {}, different) == 2


def test_the_zone_counts_where_something_is_asked_and_accept_for_programs_alone():
    lisbon, berlin = {"cookie": "tz=Europe/Lisbon"}, {"cookie": "x=1; tz=Europe/Berlin"}
    assert times_asked(Source(), lisbon, berlin) == 1
    tonight = {"query": "when=tonight"}
    assert times_asked(Source(), lisbon | tonight, berlin | tonight, lisbon | tonight) == 2
    assert times_asked(Source(), {"accept": "text/html"}, {"accept": "*/*"}) == 1
    programs = {"path": "/api/events"}
    assert times_asked(Source(), programs | {"accept": "text/html"}, programs | {"accept": "*/*"}) == 2


def test_django_is_told_nothing_of_who_asks():
    source = Source()
    who = {"user_agent": "X", "cookie": "tz=Europe/Lisbon; evently_csrf=s", "x_forwarded_for": "1.2.3.4"}
    times_asked(source, who | {"accept_language": "pt", "if_none_match": '"7"', "content_type": "a/b"})
    assert source.asked == [{b"host": b"testserver"}]


def test_after_a_while_it_asks_with_the_etag_and_a_304_renews_what_is_kept():
    source = Source()

    async def over_time() -> list[Told]:
        cache = MicroCache(source, source, fresh=0.05)
        told = [await ask(cache)]
        await asyncio.sleep(0.12)  # older than may be told: it waits for the answer
        told.append(await ask(cache))
        told.append(await ask(cache))
        return told

    told = run(over_time())
    assert [one.body for one in told] == [b"events"] * 3
    assert [asked.get(b"if-none-match") for asked in source.asked] == [None, b'W/"1"']


def test_a_change_is_seen_within_twice_the_time():
    source = Source()

    async def over_time() -> bytes:
        cache = MicroCache(source, source, fresh=0.05)
        await ask(cache)
        source.headers, source.body = PUBLIC | {"etag": 'W/"2"'}, b"sold out"
        await asyncio.sleep(0.11)
        return (await ask(cache)).body

    assert run(over_time()) == b"sold out"


def test_while_one_asks_nobody_waits_until_it_is_too_old():
    source = Source()

    async def over_time() -> tuple[bytes, bytes]:
        cache = MicroCache(source, source, fresh=0.1)
        await ask(cache)
        source.headers, source.body, source.seconds = PUBLIC | {"etag": 'W/"2"'}, b"new", 0.3
        await asyncio.sleep(0.12)
        early = await ask(cache)  # a tenth of a second old and a bit: told at once, and asked about
        await asyncio.sleep(0.1)
        late = await ask(cache)  # older than two tenths: waits for who is asking
        return early.body, late.body

    assert run(over_time()) == (b"events", b"new")
    assert len(source.asked) == 2


def test_an_answer_is_as_old_as_its_question():
    source = Source()
    source.seconds = 0.15  # what was committed meanwhile may be missing in it

    async def one_after_the_other() -> None:
        cache = MicroCache(source, source, fresh=0.05)
        await ask(cache)
        await ask(cache)

    run(one_after_the_other())
    assert len(source.asked) == 2


def test_a_hundred_at_once_are_one_question():
    source = Source()
    source.seconds = 0.05

    async def at_once() -> set[bytes]:
        cache = MicroCache(source, source, fresh=FRESH)
        return {one.body for one in await asyncio.gather(*(ask(cache) for _ in range(100)))}

    assert run(at_once()) == {b"events"}
    assert len(source.asked) == 1


def test_with_no_time_at_all_nobody_is_told_what_was_asked_before_he_came():
    source = Source()
    source.seconds = 0.05

    async def one_after_the_other() -> list[bytes]:
        cache = MicroCache(source, source, fresh=0)
        first = asyncio.create_task(ask(cache))
        await asyncio.sleep(0.02)
        source.headers, source.body = PUBLIC | {"etag": 'W/"2"'}, b"new"
        second = asyncio.create_task(ask(cache))
        return [(await first).body, (await second).body]

    assert run(one_after_the_other())[1] == b"new"
    assert len(source.asked) == 2


def test_when_the_source_breaks_those_who_wait_ask_for_themselves():
    calls = []

    async def breaks(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope)
        await asyncio.sleep(0.02)
        raise RuntimeError("broken")

    async def at_once() -> list[Any]:
        cache = MicroCache(breaks, breaks, fresh=FRESH)
        return await asyncio.gather(*(ask(cache) for _ in range(3)), return_exceptions=True)

    assert [str(error) for error in run(at_once())] == ["broken"] * 3
    assert len(calls) == 3


def test_whatever_is_asked_memory_stays_bounded():
    source = Source(body=b"x" * 10_000)

    async def many() -> MicroCache:
        cache = MicroCache(source, source, fresh=FRESH, most_bytes=200_000)
        for number in range(100):
            await ask(cache, query=f"q={number}")
        return cache

    cache = run(many())
    assert 150_000 < cache.bytes <= 200_000
    assert len(cache._kept) == cache.bytes // (10_000 + 6144)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('W/"1"', 304),
        ('"1"', 304),
        ('"0", W/"1"', 304),
        ("*", 304),
        ('W/"2"', 200),
        ("1", 200),
        ('"', 200),
        ("", 200),
    ],
)
def test_who_has_it_already_gets_a_304(known, status):
    async def ask_again() -> Told:
        source = Source(PUBLIC | {"vary": "Cookie", "content-length": "6", "content-type": "text/html"})
        return await ask(MicroCache(source, source, fresh=FRESH), if_none_match=known)

    told = run(ask_again())
    assert (told.status, told.body) == (status, b"" if status == 304 else b"events")
    if status == 304:
        assert told.headers == PUBLIC | {"vary": "Cookie"}


def test_head_is_get_without_the_body():
    source = Source(PUBLIC | {"content-length": "6"})

    async def both() -> tuple[Told, Told]:
        cache = MicroCache(source, source, fresh=FRESH)
        return await ask(cache, method="HEAD"), await ask(cache)

    head, get = run(both())
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert get.body == b"events"
    assert len(source.asked) == 1


def test_every_copy_of_a_form_has_a_key_of_its_own():
    page = f'<a>{"é" * 9}</a><input name="key" value="{KEY}"><p>'.encode()
    source = Source(PUBLIC | {"x-form-key": KEY}, body=page)

    async def three() -> list[Told]:
        cache = MicroCache(source, source, fresh=FRESH)
        return [await ask(cache) for _ in range(3)]

    told = run(three())
    assert len({one.body for one in told}) == 3
    assert {len(one.body) for one in told} == {len(page)}
    assert KEY.encode() not in b"".join(one.body for one in told)
    assert all(one.body.startswith(page[:50]) and one.body.endswith(b'"><p>') for one in told)
    assert "x-form-key" not in told[0].headers
