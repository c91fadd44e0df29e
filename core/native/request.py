"""A request as a native door sees it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from core.limits import address_seen

LARGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class NativeRequest:
    """A plain request with its whole body. Header names are in lower case; each occurs once."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: str
    secure: bool

    @property
    def address(self) -> str:
        """Where it comes from, as `core.limits.client_address` has it."""
        return address_seen(self.headers.get("x-forwarded-for"), self.peer)


def is_plain(scope: dict[str, Any]) -> bool:
    """Whether a door may look at a request at all: known host, right scheme, no query string, a body of known
    and modest length, no header twice. What Django has an opinion about beyond that, it shall say itself."""
    headers = scope["headers"]
    found = dict(headers)
    length = found.get(b"content-length", b"")
    return (
        not scope["query_string"]
        and len(found) == len(headers)
        and length.isdigit()
        and int(length) <= LARGEST_BODY
        and is_our_host(found.get(b"host", b"").decode("latin-1"))
        and (is_secure(scope, found) or not settings.SECURE_SSL_REDIRECT)
    )


async def read(scope: dict[str, Any], receive: Any) -> NativeRequest:
    """The request with its body, which has been gathered before (evently.bodies)."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    peer = scope["client"][0] if scope.get("client") else ""
    return NativeRequest(scope["method"], scope["path"], headers, body, peer, is_secure(scope, dict(scope["headers"])))


def give_back(request: NativeRequest, receive: Any) -> Any:
    """An ASGI `receive` for whoever answers instead: the body that was read, then the connection's own."""
    given = False

    async def again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    return again


def is_secure(scope: dict[str, Any], headers: dict[bytes, bytes]) -> bool:
    """As django.http.HttpRequest.is_secure: by the trusted proxy's header where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, expected = settings.SECURE_PROXY_SSL_HEADER
        value = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower().encode())
        if value is not None:
            return value.decode("latin-1").split(",")[0].strip() == expected
    return bool(scope["scheme"] == "https")


@lru_cache(maxsize=256)
def is_our_host(host: str) -> bool:
    """As django.http.HttpRequest.get_host judges it."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
