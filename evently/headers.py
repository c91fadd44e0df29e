"""Headers that would mislead what comes after: Django reads these before any of its middleware runs."""

import codecs
from typing import Any

from django.utils.http import parse_header_parameters

from core.rest.problems import problem
from evently.bodies import refuse

_OTHER_CHARSET = problem(
    415, code="unsupported-media-type", detail="Send text as UTF-8: other charsets are not read here."
)


def plain_names(app: Any) -> Any:
    """ASGI middleware: leaves out headers with an underscore in their name.

    To WSGI `X_Forwarded_For` and `X-Forwarded-For` are one header, so a client could add to what a
    trusted proxy said about it. Django's own server and most proxies drop them for the same reason.
    """

    async def filtered(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        await app({**scope, "headers": headers}, receive, send)

    return filtered


def utf8_alone(app: Any) -> Any:
    """ASGI middleware: 415 for text in another charset. Python knows some that are none (hex), and others
    in which a NUL or half a character hides (UTF-7)."""

    async def checked(scope: dict[str, Any], receive: Any, send: Any) -> None:
        content_type = dict(scope["headers"]).get(b"content-type", b"").decode("latin-1")
        if _is_utf8(content_type):
            await app(scope, receive, send)
        else:
            await refuse(send, _OTHER_CHARSET)

    return checked


def _is_utf8(content_type: str) -> bool:
    """Also true for a charset that nobody knows: Django takes no notice of it."""
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    except (ValueError, LookupError):  # a parameter in an encoding of its own that is none
        return False
    try:
        return codecs.lookup(charset).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return True
