"""Names of headers, as WSGI can tell them apart."""

from typing import Any


def plain_names(app: Any) -> Any:
    """ASGI middleware: leaves out headers with an underscore in their name.

    To WSGI `X_Forwarded_For` and `X-Forwarded-For` are one header, so a client could add to what a
    trusted proxy said about it. Django's own server and most proxies drop them for the same reason.
    """

    async def filtered(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        await app({**scope, "headers": headers}, receive, send)

    return filtered
