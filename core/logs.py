"""Log lines: by which request they came about, and nothing in them that is nobody's business.

Each request has an id. It stands in every line that is written for it, in the answer (`X-Request-ID`), on pages that
say that something broke, and with what it has announced (`outbox.models.Message.request_id`): so also in the lines of
workers.
"""

import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from core.ids import new_id_text
from core.limits import client_address

LONGEST_ID = 64
ROUTE_HEADER = "X-Evently-Route"  # from Django to evently.watching, which takes it off

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# What addresses may name: ids and the names of public pages. Whatever else a route catches may be a secret.
_NAMED = {"slug", "provider", "kind", "length", "number"}
# In the order in which they are looked for: what is longer and more certain first.
_SECRETS = [
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]+"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
    (re.compile(r"\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+"), "[key]"),
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"), "[password]"),
    (re.compile(r"(?<![\w.+-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b[A-Z2-7]{60,}\b"), "[code]"),
    (re.compile(r"(?<![\w-])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![\w-])"), "[code]"),
    (re.compile(r"(?<=/account/password/reset/key/)[\w-]+|(?<=/account/confirm-email/)[\w:-]+"), "[key]"),
]


def request_id_from(said: str | None) -> str:
    """What somebody calls the request by, if it looks like an id; else a new one."""
    return said if said and _ID.fullmatch(said) else new_id_text()


def current_request_id() -> str:
    """Of the request that is being answered, or that has led to what is being done; empty where there is none."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or "")[:LONGEST_ID]


@contextmanager
def on_behalf_of(request_id: str) -> Iterator[None]:
    """Lines written in this block, and what is announced in it, belong to that request; or to none."""
    before = structlog.contextvars.bind_contextvars(request_id=request_id or None)
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**before)


class RequestLog(RequestMiddleware):
    """One line for each request that Django answers: with its id, its address without secrets, and where it came from
    as `core.limits` counts it."""

    def prepare(self, request: HttpRequest) -> None:
        request.META["HTTP_X_REQUEST_ID"] = request_id_from(request.headers.get("X-Request-ID"))
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if "asgi.scope" in request.META:
            response[ROUTE_HEADER] = route_of(request)
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {plain_path(request)}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))


def route_of(request: HttpRequest) -> str:
    """The pattern that the address matched; empty where there is no such page."""
    found = getattr(request, "resolver_match", None)
    return str(found.route) if found else ""


def plain_path(request: HttpRequest) -> str:
    """The address without its query, and without what a link keeps secret."""
    path = request.path[:200]
    found = getattr(request, "resolver_match", None)
    for name, value in found.captured_kwargs.items() if found else ():
        if name not in _NAMED and isinstance(value, str):
            path = path.replace(value, "[…]")
    return path


def without_secrets(logger: Any, method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """structlog processor: whatever looks like an e-mail address, a token, a key or a ticket's code is left out,
    in messages of other people's servers and in tracebacks too."""
    return {name: hide(value) for name, value in line.items()}


def hide(value: Any) -> Any:
    """The same text, list or dictionary without secrets; anything else as it is."""
    if isinstance(value, str):
        for pattern, stand_in in _SECRETS:
            value = pattern.sub(stand_in, value)
        return value
    if isinstance(value, dict):
        return {key: hide(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [hide(one) for one in value]
    return value
