"""Bodies arrive here in full before a thread is taken for them: a dozen phones in a tunnel, or a dozen
connections that send half a form and then nothing, would otherwise keep everybody else out. What never
arrives in full is never acted upon: half a form can be a valid form that says something else."""

import asyncio
import json
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from core.rest.problems import MEDIA_TYPE, problem

# Above the largest picture by enough that the editor can say so beside its field.
MOST_BYTES = 32 * 1024 * 1024
IN_MEMORY = 256 * 1024
PIECE = 64 * 1024
MOST_SECONDS = 120.0

_UNKNOWN_LENGTH = problem(
    411,
    code="length-required",
    detail="Send a Content-Length: bodies in chunks of unknown length are not read here.",
)
_TOO_LARGE = problem(413, code="too-large", detail=f"The body may have at most {MOST_BYTES} bytes.")
TOO_SLOW = problem(408, code="too-slow", detail=f"The body did not arrive within {MOST_SECONDS:.0f} seconds.")


def whole_bodies(app: Any, *, seconds: float = MOST_SECONDS) -> Any:
    """ASGI middleware: reads a body before the application starts.

    411 (RFC 9110, 15.5.12) for one of unknown length, which WSGI has no way to pass on; 413 for one
    that is too large; 408 for one that is not there in time.
    """

    async def gathered(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        length = int(headers.get(b"content-length", 0))  # the server has refused what is no number
        if b"transfer-encoding" in headers and b"content-length" not in headers:
            await refuse(send, _UNKNOWN_LENGTH)
        elif length > MOST_BYTES:
            await refuse(send, _TOO_LARGE)
        elif not length:
            await app(scope, receive, send)
        else:
            with SpooledTemporaryFile(IN_MEMORY) as body:
                try:
                    async with asyncio.timeout(seconds):
                        complete = await _gather(receive, body)
                except TimeoutError:
                    await refuse(send, TOO_SLOW)
                    return
                if complete:
                    await app(scope, _replay(body, receive), send)

    return gathered


async def _gather(receive: Any, body: IO[bytes]) -> bool:
    """Keep what comes. False when the client went away before the end."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            body.seek(0)
            return True


def _replay(body: IO[bytes], receive: Any) -> Any:
    """An ASGI `receive` that hands out what was kept, and then goes on with the connection's own."""
    ended = False

    async def replayed() -> dict[str, Any]:
        nonlocal ended
        if ended:
            return await receive()
        piece = body.read(PIECE)
        ended = not piece
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return replayed


async def refuse(send: Any, refusal: dict[str, Any]) -> None:
    """Answer with a problem document before the application is asked."""
    body = json.dumps(refusal).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    # What is still to come is not read: the connection can't be used for another request.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
