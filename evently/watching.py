"""What is known of every request: an id, which page it met, how it ended and how long that took.

In front of everything that answers HTTP but static files: also of the doors outside Django and of what is served from
memory. `/livez` is answered here: whether this process is alive must not depend on a free thread.
"""

import time
from typing import Any

import structlog
from django.conf import settings

from core.ids import new_id_text
from core.logs import ROUTE_HEADER, request_id_from
from core.tally import Counter, Histogram
from evently import draining
from evently.health import DOORS

REQUESTS = Counter(
    "evently_http_requests_total", "Requests answered, by the address's pattern.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "evently_http_request_seconds", "From a request's head to the end of its answer.", ["method", "route"]
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Nothing was answered: the client went away, or the application broke.
UNANSWERED = 499
NO_ROUTE = "none"

_ID = b"x-request-id"
_ROUTE = ROUTE_HEADER.lower().encode()


class Watching:
    """ASGI middleware for HTTP. Of what a client says, only a balancer's word on the id counts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/livez" and scope["method"] in ("GET", "HEAD"):
            await _alive(scope, send)
            return
        scope, request_id = _with_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        watch = _Watch(send, request_id)
        began = time.perf_counter()
        try:
            await self._app(scope, receive, watch.send)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
            if scope["path"] not in DOORS:
                _count(scope, watch, time.perf_counter() - began)


class _Watch:
    """Passes an answer on, with the id of its request, and remembers what it was."""

    def __init__(self, send: Any, request_id: str) -> None:
        self._send, self._id = send, request_id.encode()
        self.status, self.route = UNANSWERED, ""

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = []
            for name, value in message["headers"]:
                if name.lower() == _ROUTE:
                    self.route = value.decode("latin-1")
                else:
                    headers.append((name, value))
            message = {**message, "headers": [*headers, (_ID, self._id)]}
            if draining.has_begun():
                message["headers"].append((b"connection", b"close"))
        await self._send(message)


def _with_id(scope: dict[str, Any]) -> tuple[dict[str, Any], str]:
    said = [value for name, value in scope["headers"] if name == _ID]
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT and len(said) == 1
    request_id = request_id_from(said[0].decode("latin-1")) if trusted else new_id_text()
    others = [header for header in scope["headers"] if header[0] != _ID] if said else scope["headers"]
    return {**scope, "headers": [*others, (_ID, request_id.encode())]}, request_id


def _count(scope: dict[str, Any], watch: _Watch, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = watch.route or scope.get("route") or NO_ROUTE
    REQUESTS.add(method, route, str(watch.status))
    SECONDS.observe(seconds, method, route)


async def _alive(scope: dict[str, Any], send: Any) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else b"ok"})
