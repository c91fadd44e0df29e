"""`python -m local.bench.watchers ADDRESS EVENT SOCKETS`: so many live pages of one event, in a process of their own.

Says "ready" when all are connected and have heard something, listens until its input ends, and prints what each of them
was told and when, as JSON: for each socket a list of [version, free seats, seconds since 1970].
"""

import asyncio
import base64
import json
import os
import re
import resource
import sys
import time
from urllib.parse import urlsplit

SEATS = re.compile(rb'^\{"type":"seats".*?"version":(\d+).*?"free":(\d+)', re.DOTALL)
TOGETHER = 50  # that connect at the same moment: this is no rush of newcomers


class Page(asyncio.Protocol):
    """One connection, which reads no more of a message than the numbers."""

    def __init__(self, host: str, event: str) -> None:
        self._host, self._event = host, event
        self._buffer = bytearray()
        self._open = False
        self.told: list[tuple[int, int, float]] = []
        self.heard = asyncio.Event()
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # of a TCP connection
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /live HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self._buffer += data
        if not self._open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._open = True
            del self._buffer[: end + 4]
            self._say(json.dumps({"events": [self._event]}).encode())
        while (message := self._next()) is not None:
            if found := SEATS.match(message):
                self.told.append((int(found[1]), int(found[2]), now))
                self.heard.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.heard.set()

    def _next(self) -> bytes | None:
        """The next whole message; what is no text is answered where it has to be, and skipped."""
        while len(self._buffer) >= 2:
            kind, length, start = self._buffer[0] & 15, self._buffer[1] & 127, 2
            if length > 125:
                start = 4 if length == 126 else 10
                length = int.from_bytes(self._buffer[2:start])
            if len(self._buffer) < start + length:
                return None
            message = bytes(self._buffer[start : start + length])
            del self._buffer[: start + length]
            if kind == 1:
                return message
            if kind == 9:
                self._say(message, kind=10)
        return None

    def _say(self, text: bytes, *, kind: int = 1) -> None:
        """A short frame, masked as clients have to; by zeros, since nobody listens in between."""
        length = bytes([128 | len(text)]) if len(text) < 126 else bytes([254]) + len(text).to_bytes(2)
        self._transport.write(bytes([128 | kind]) + length + bytes(4) + text)


async def watch(address: str, event: str, sockets: int) -> list[Page]:
    url = urlsplit(address)
    loop = asyncio.get_running_loop()

    async def connect() -> Page:
        _, page = await loop.create_connection(lambda: Page(url.netloc, event), url.hostname or "", url.port or 80)
        await page.heard.wait()
        return page

    pages: list[Page] = []
    while len(pages) < sockets:
        pages += await asyncio.gather(*(connect() for _ in range(min(TOGETHER, sockets - len(pages)))))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    return pages


def main(address: str, event: str, sockets: str) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    pages = asyncio.run(watch(address, event, int(sockets)))
    print(json.dumps([[] if page.lost else page.told for page in pages]))


if __name__ == "__main__":
    main(*sys.argv[1:])
