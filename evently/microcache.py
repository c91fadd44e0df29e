"""Public reads from memory: each asked of Django at most twice a second, however many people look.

In front of Django in each web process. What may be kept, the view says by the headers that HTTP has for
it: `Cache-Control: public, no-cache` and an ETag. An answer is served for half a second without asking.
Then one request asks Django with that ETag; meanwhile the others get what is at most a second old, or
wait. docs/decisions/reads.md says why nothing is invalidated by message.

What Django is asked depends on the key alone: of the request's headers only those in the key are passed
on. So an answer can hold nothing of the visitor who happened to be first.
"""

import asyncio
import re
import time
from collections import OrderedDict
from typing import Any

from django.conf import settings

from evently.answers import Answer, collect

MOST_BYTES = 32 * 1024 * 1024
LONGEST_KEY = 4096
OVERHEAD = LONGEST_KEY + 2048  # bytes of an entry beside its body, at most

PATHS = re.compile(r"/(?:events/[^/]+)?|/api/events(?:/[0-9a-f-]{36}(?:/availability)?)?|/live/events")
# Headers that an answer may depend on. Pages take no notice of Accept; the API refuses some.
PASSED_ON = {b"host", b"x-forwarded-proto", b"hx-request", b"hx-history-restore-request"}
# With one of these an answer is somebody's own, or depends on more than we look at.
NOT_SHARED = {b"authorization", b"if-match", b"if-unmodified-since"}
ZONE = re.compile(rb"(?:^|;)\s*tz=([^;\s]{1,64})")

Key = tuple[Any, ...]


class MicroCache:
    """ASGI middleware. `app` answers what is not shared; `source` is asked for what is.

    An answer is asked about again after `fresh` seconds, and never told when it is older than twice that.
    Holds at most `most_bytes`, those asked for last.
    """

    def __init__(self, app: Any, source: Any, *, fresh: float, most_bytes: int = MOST_BYTES) -> None:
        self.app, self.source = app, source
        self.fresh, self.oldest, self.most_bytes = fresh, 2 * fresh, most_bytes
        self.bytes = 0
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[Answer]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        key, known = key_of(scope)
        answer = await self._answer(key, scope) if key else None
        if answer is None:
            await self.app(scope, receive, send)
        else:
            await answer.send(send, known=known, head=scope["method"] == "HEAD")

    async def _answer(self, key: Key, scope: dict[str, Any]) -> Answer | None:
        """What may be told to everybody who asks this now; None for what has to be asked for oneself."""
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept and now - kept.asked_at <= self.fresh:
            self._kept.move_to_end(key)
            return kept
        flight, ours = self._flight(key, scope, kept)
        if kept and now - kept.asked_at <= self.oldest:
            return kept
        try:
            answer = await asyncio.shield(flight)
        except Exception:
            if ours:
                raise
            return None
        if not answer.shared:
            return answer if ours and not answer.sets_cookie else None
        return answer if now - answer.asked_at <= self.oldest else await self._answer(key, scope)

    def _flight(self, key: Key, scope: dict[str, Any], kept: Answer | None) -> tuple[asyncio.Task[Answer], bool]:
        """The one request to Django that is under way for this key, and whether it is this caller's own."""
        place = (asyncio.get_running_loop(), key)
        if flight := self._flights.get(place):
            return flight, False
        flight = self._flights[place] = asyncio.create_task(self._fly(place, scope, kept))
        # Whoever waits is told of an error; where nobody does, the next one asks again.
        flight.add_done_callback(lambda done: done.cancelled() or done.exception())
        return flight, True

    async def _fly(self, place: Key, scope: dict[str, Any], kept: Answer | None) -> Answer:
        try:
            return await self._ask(place[1], scope, kept)
        finally:
            del self._flights[place]  # before anybody who waited goes on: they must not join it again

    async def _ask(self, key: Key, scope: dict[str, Any], kept: Answer | None) -> Answer:
        """Ask Django whether what is kept still holds, or for the answer."""
        asked_at = time.monotonic()  # before: what is committed from now on may be missing in the answer
        try:
            answer = await collect(self.source, _request(key, scope, kept), asked_at)
        except BaseException:
            self._forget(key)
            raise
        if kept and answer.status == 304:
            kept.asked_at = asked_at
            return kept
        self._forget(key)
        if answer.shared:
            self._keep(key, answer)
        return answer

    def _keep(self, key: Key, answer: Answer) -> None:
        self._kept[key] = answer
        self.bytes += len(answer.body) + OVERHEAD
        while self.bytes > self.most_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        if answer := self._kept.pop(key, None):
            self.bytes -= len(answer.body) + OVERHEAD


def key_of(scope: dict[str, Any]) -> tuple[Key | None, bytes]:
    """What the answer to a request depends on, None where it is not shared; and its If-None-Match."""
    path, query = scope["path"], scope["query_string"]
    if scope["method"] not in ("GET", "HEAD") or not PATHS.fullmatch(path):
        return None, b""
    passed, known = [], b""
    for name, value in scope["headers"]:
        if name in NOT_SHARED or (name == b"cookie" and settings.SESSION_COOKIE_NAME.encode() in value):
            return None, b""
        if name in PASSED_ON or (name in (b"accept", b"origin") and path.startswith("/api/")):
            if name == b"origin" and value.decode("latin-1") not in settings.CORS_ALLOWED_ORIGINS:
                continue  # it is told what it is told without one
            passed.append((name, value))
        elif name == b"cookie" and query and (zone := ZONE.search(value)):
            passed.append((b"cookie", b"tz=" + zone[1]))  # "tonight" is the visitor's night
        elif name == b"if-none-match":
            known = known + b"," + value if known else value
    key = (scope.get("scheme"), path, query, *passed)
    long = len(path) + len(query) + sum(len(value) for _, value in passed) > LONGEST_KEY
    return (None, b"") if long else (key, known)


def _request(key: Key, scope: dict[str, Any], kept: Answer | None) -> dict[str, Any]:
    """The request as everybody makes it: a GET with the headers of its key, and what we have already."""
    _scheme, _path, _query, *headers = key
    if kept:
        headers.append((b"if-none-match", kept.etag))
    return {**scope, "method": "GET", "headers": headers}
