"""A mail server that takes everything at once, and remembers when: so that what is measured is who sends."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.MULTILINE | re.IGNORECASE)
LARGEST = 10_000_000


class Mailbox:
    """`arrived` holds the moment (time.time) at which each message had arrived, by Message-ID; `again` those that came
    more than once."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.again: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Just enough of SMTP (RFC 5321) for a client that asks for nothing special."""
        writer.write(b"220 mailbox\r\n")
        try:
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    self._take(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 Ok\r\n")
                if word == b"QUIT":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a worker that was stopped
        writer.close()

    def _take(self, message: bytes) -> None:
        found = MESSAGE_ID.search(message[: message.find(b"\r\n\r\n")])
        name = found[1].decode() if found else ""
        if name in self.arrived:
            self.again.append(name)
        self.arrived[name] = time.time()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Open on a free port of the loopback, in a thread of its own."""
    box, loop, ready = Mailbox(), asyncio.new_event_loop(), threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(box.serve, "127.0.0.1", 0, limit=LARGEST)
        box.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    task = loop.create_task(run())
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    finally:
        loop.close()
