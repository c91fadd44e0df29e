"""The native doors without a server: in an event loop of their own, over real connections."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from evently.doors import NativeDoors


@dataclass
class NativeReply:
    """What a door has answered; status 0: it has handed the request on to Django, body and all."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class NativeClient:
    """Sends requests to the doors from any thread, one or many at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, doors: NativeDoors) -> None:
        self._loop = loop
        self._doors = doors

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> NativeReply:
        return self.send_all([(method, path, body, headers)])[0]

    def send_all(self, calls: list[tuple[str, str, bytes, dict[str, str]]]) -> list[NativeReply]:
        """All at the same instant; the replies in their order."""
        return asyncio.run_coroutine_threadsafe(self._all(calls), self._loop).result(60)

    def settle(self) -> None:
        """Return once whoever could go on has done so, and all others wait for something."""
        for _ in range(20):
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), self._loop).result(10)

    def close(self) -> None:
        """As the server does before it ends."""
        asyncio.run_coroutine_threadsafe(self._doors.close(), self._loop).result(30)

    async def _all(self, calls: list[tuple[str, str, bytes, dict[str, str]]]) -> list[NativeReply]:
        return list(await asyncio.gather(*(self._one(*call) for call in calls)))

    async def _one(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> NativeReply:
        path, _, query = path.partition("?")
        named = {"Host": "testserver", "Content-Length": str(len(body)), **headers}
        raw = [(name.lower().replace("_", "-").encode(), value.encode("latin-1")) for name, value in named.items()]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "scheme": "http",
            "client": ("127.0.0.1", 50000),
            "headers": raw,
        }
        reply = NativeReply(0, {}, b"")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                reply.body += message.get("body", b"")

        await self._doors(scope, receive, send)
        return reply


async def _handed_on(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Stands where Django is: sends the body back, with status 0."""
    message = await receive()
    await send({"type": "http.response.body", "body": message["body"]})


@contextmanager
def native_doors() -> Iterator[NativeClient]:
    """Doors for the length of the block. They see what is committed: for tests with `transaction=True`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    client = NativeClient(loop, NativeDoors(_handed_on))
    try:
        yield client
    finally:
        client.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
