"""What a native door answers: with the headers that Django's middleware gives to every answer."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from rest_framework.renderers import JSONRenderer

from core.errors import DomainError
from core.headers import browser_rules
from core.native.request import NativeRequest
from core.rest.problems import MEDIA_TYPE, from_domain_error

_renderer = JSONRenderer()


@dataclass
class NativeAnswer:
    """Status, headers by their names in lower case, and the whole body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def send(self, request: NativeRequest, send: Any) -> None:
        """Send it whole. A HEAD is none of ours: doors take what they answer."""
        headers = [
            *((name.encode(), value.encode("latin-1")) for name, value in self.headers.items()),
            (b"content-length", str(len(self.body)).encode()),
            *shared_headers(secure=request.secure),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def json_answer(status: int, data: Any, **headers: str) -> NativeAnswer:
    """JSON as REST framework renders it; `headers` with underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return NativeAnswer(status, {"content-type": "application/json", **named}, _renderer.render(data))


def problem_answer(refusal: DomainError, **headers: str) -> NativeAnswer:
    """A refusal as a problem document."""
    answer = json_answer(refusal.status, from_domain_error(refusal), **headers)
    answer.headers["content-type"] = MEDIA_TYPE
    if "retry_after" in refusal.extra:
        answer.headers["retry-after"] = str(refusal.extra["retry_after"])
    return answer


@cache
def shared_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """What the middleware adds to every answer, asked of the middleware itself."""
    request = HttpRequest()
    request.is_secure = lambda: secure  # type: ignore[method-assign]
    chain = CSPMiddleware(XFrameOptionsMiddleware(SecurityMiddleware(browser_rules(lambda _: HttpResponse()))))
    response = cast(HttpResponse, chain(request))
    del response["Content-Type"]
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
