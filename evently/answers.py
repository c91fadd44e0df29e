"""A whole answer of an ASGI application, as it can be given again to others."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils.http import parse_etags

from core.freshness import FORM_KEY
from core.logs import ROUTE_HEADER

LARGEST = 1024 * 1024
FORM_KEY_HEADER = FORM_KEY.lower().encode()
# What a kept answer may depend on: exactly what its key holds, or makes sure is not there.
VARIES = {b"accept", b"authorization", b"cookie", b"origin", b"hx-request", b"hx-history-restore-request"}
# RFC 9110, 15.4.5: what a 304 says of the answer it stands for.
IN_304 = {b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary"}
IN_304 |= {ROUTE_HEADER.lower().encode()}  # for evently.watching, which takes it off

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Answer:
    """`asked_at`: the monotonic moment before it was asked for. `shared`: whether others may be told.
    `key_at`: where in the body the key of its form begins, a UUID; -1 without one."""

    status: int
    headers: Headers
    body: bytes
    asked_at: float
    shared: bool
    sets_cookie: bool
    etag: bytes
    key_at: int = -1

    async def send(self, send: Any, *, known: bytes, head: bool) -> None:
        """Give it to somebody; 304 when they have it already. Each copy of a form gets a key of its own."""
        if known and self.etag and _matches(known, self.etag):
            headers = [header for header in self.headers if header[0] in IN_304]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self._copy()})

    def _copy(self) -> bytes:
        if self.key_at < 0:
            return self.body
        key = str(uuid4()).encode()
        return b"".join((self.body[: self.key_at], key, self.body[self.key_at + len(key) :]))


async def collect(app: Any, scope: dict[str, Any], asked_at: float) -> Answer:
    """Ask an application, and keep all that it says."""
    start: dict[str, Any] = {}
    pieces: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app(scope, _no_body, send)
    body = b"".join(pieces)
    headers: Headers = [header for header in start["headers"] if header[0] != FORM_KEY_HEADER]
    named = dict(start["headers"])
    form_key = named.get(FORM_KEY_HEADER)
    return Answer(
        start["status"],
        headers,
        body,
        asked_at,
        shared=_is_shared(start["status"], headers, body),
        sets_cookie=b"set-cookie" in named,
        etag=named.get(b"etag", b""),
        key_at=body.find(form_key) if form_key else -1,
    )


async def _no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _is_shared(status: int, headers: Headers, body: bytes) -> bool:
    """Whether the view says that this may be told to others, and nothing contradicts it."""
    named = dict(headers)
    varies = {name.strip().lower() for name in named.get(b"vary", b"").split(b",") if name.strip()}
    public = b"public" in named.get(b"cache-control", b"")
    whole = status == 200 and b"etag" in named and len(body) <= LARGEST
    return public and whole and b"set-cookie" not in named and varies <= VARIES


def _matches(known: bytes, etag: bytes) -> bool:
    """The weak comparison of If-None-Match (RFC 9110, 13.1.2)."""
    if known == etag:
        return True
    asked = parse_etags(known.decode("latin-1"))
    bare = etag.removeprefix(b"W/").decode("latin-1")
    return asked == ["*"] or bare in [one.removeprefix("W/") for one in asked]
