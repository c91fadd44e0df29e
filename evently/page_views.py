"""Views of event pages, counted on their way out: also those that are answered from memory, without Django."""

import re
from typing import Any

from core import sightings

_PAGE = re.compile(r"/events/([-\w]{1,180})", re.ASCII)
# Programs that say what they are. Those that claim to be browsers can't be told apart.
_PROGRAM = re.compile(
    rb"bot|crawl|spider|slurp|preview|monitor|facebook|whatsapp|curl|wget|python|java/|go-http", re.IGNORECASE
)
SHOWN = {200, 304}


class PageViews:
    """ASGI middleware: counts a page that is shown whole to what seems a browser. Parts of pages, pages fetched ahead
    and refusals are none."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        slug = viewed(scope)
        if slug is None:
            await self._app(scope, receive, send)
            return

        async def counting(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] in SHOWN:
                sightings.count("view", slug)
            await send(message)

        await self._app(scope, receive, counting)


def viewed(scope: dict[str, Any]) -> str | None:
    """The event whose page somebody asks for; None for all else."""
    if scope["method"] != "GET" or not (page := _PAGE.fullmatch(scope["path"])):
        return None
    agent = b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"hx-request" or (name in (b"sec-purpose", b"purpose") and b"prefetch" in value):
            return None
    return page[1] if agent and not _PROGRAM.search(agent) else None
