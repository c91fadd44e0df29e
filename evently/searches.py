"""Searches, counted by network address in front of what is kept of them: each that is not in memory costs the database
its full text, and who makes up words finds none that is. Behind this nobody could count them: what is asked there for
everybody does not say by whom.
"""

from typing import Any
from urllib.parse import parse_qsl

from core.errors import TooManyRequests
from core.limits import address_seen, network_of
from core.middleware import REFUSAL
from core.native.limits import NativeLimit

PLACES = {"/": "q", "/api/events": "search"}  # where words are typed, and what they are called there
MOST_FIELDS = 500


class Searches:
    """ASGI middleware. What is too much goes to `pages`, which say so; all else to `app`. For one event loop, which is
    known when the first search comes."""

    def __init__(self, app: Any, pages: Any) -> None:
        self._app, self._pages = app, pages
        self._limit: NativeLimit | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not is_search(scope):
            await self._app(scope, receive, send)
            return
        self._limit = self._limit or NativeLimit("search")
        try:
            await self._limit.check(_network(scope))
        except TooManyRequests as refusal:
            await self._pages({**scope, REFUSAL: refusal}, receive, send)
        else:
            await self._app(scope, receive, send)

    async def close(self) -> None:
        if self._limit:
            await self._limit.close()


def is_search(scope: dict[str, Any]) -> bool:
    """Whether it is a list of events for words that somebody has typed."""
    name = PLACES.get(scope["path"])
    if name is None or not scope["query_string"] or scope["method"] not in ("GET", "HEAD"):
        return False
    try:
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=MOST_FIELDS))
    except ValueError:  # more than Django reads
        return False
    return name in asked


def _network(scope: dict[str, Any]) -> str:
    seen = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return network_of(address_seen(",".join(seen) or None, scope["client"][0] if scope.get("client") else ""))
