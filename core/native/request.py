"""A request as a native door sees it."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from core.limits import address_seen

LARGEST_BODY = 64 * 1024


@dataclass(slots=True)
class NativeRequest:
    """A plain request. Header names are in lower case; each occurs once. `body` is whole after `read_body`."""

    method: str
    path: str
    headers: dict[str, str]
    peer: str
    secure: bool
    body: bytes = b""

    @property
    def address(self) -> str:
        """Where it comes from, as `core.limits.client_address` has it."""
        return address_seen(self.headers.get("x-forwarded-for"), self.peer)

    async def read_body(self, receive: Any, *, seconds: float) -> bool:
        """Wait for all of the body. False when the client went away; TimeoutError when it takes too long."""
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return False
                self.body += message.get("body", b"")
                if not message.get("more_body", False):
                    return True


def plain_request(scope: dict[str, Any]) -> NativeRequest | None:
    """The request, without its body yet, if a door may look at it at all: known host, right scheme, no query
    string, a body of known and modest length, no header twice. What Django has an opinion about beyond that, it
    shall say itself."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    length = headers.get("content-length", "")
    if scope["query_string"] or len(headers) != len(scope["headers"]):
        return None
    if not (length.isascii() and length.isdigit() and int(length) <= LARGEST_BODY):
        return None
    secure = is_secure(scope["scheme"], headers)
    if not is_our_host(headers.get("host", "")) or (settings.SECURE_SSL_REDIRECT and not secure):
        return None
    peer = scope["client"][0] if scope.get("client") else ""
    return NativeRequest(scope["method"], scope["path"], headers, peer, secure)


def replay(body: bytes, receive: Any) -> Any:
    """An ASGI `receive` for whoever answers instead: the body that was read, then the connection's own."""
    given = False

    async def again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def is_secure(scheme: str, headers: dict[str, str]) -> bool:
    """As django.http.HttpRequest.is_secure: by the trusted proxy's header where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, expected = settings.SECURE_PROXY_SSL_HEADER
        value = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower())
        if value is not None:
            return value.split(",")[0].strip() == expected
    return scheme == "https"


@lru_cache(maxsize=256)
def is_our_host(host: str) -> bool:
    """As django.http.HttpRequest.get_host judges it."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
