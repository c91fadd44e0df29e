"""Bodies that come in chunks, with no length said beforehand: WSGI has no way to pass them on."""

import json
from typing import Any

from core.rest.problems import MEDIA_TYPE, problem

_REFUSAL = problem(
    411,
    code="length-required",
    detail="Send a Content-Length: bodies in chunks of unknown length are not read here.",
)


def refuse_unknown_length(app: Any) -> Any:
    """ASGI middleware: 411 (RFC 9110, 15.5.12) instead of an empty body that nobody sent."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        names = {name for name, _ in scope["headers"]}
        if b"transfer-encoding" not in names or b"content-length" in names:
            await app(scope, receive, send)
            return
        body = json.dumps(_REFUSAL).encode()
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        # What is still to come is not read: the connection can't be used for another request.
        await send({"type": "http.response.start", "status": 411, "headers": [*headers, (b"connection", b"close")]})
        await send({"type": "http.response.body", "body": body})

    return guarded
