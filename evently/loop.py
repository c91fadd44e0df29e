"""The event loop of a web process: uvloop's, but a crowd is let in at once.

libuv accepts one connection in each turn of its loop. While a thousand people stand at the door, and each turn
works for many of them, whoever comes new waits in the kernel's queue behind all others
(docs/decisions/serving.md).
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvloop

log = logging.getLogger(__name__)

# Enough for the loop to know of everybody soon; and few enough that processes at one socket share a crowd.
MOST_AT_ONCE = 16
REST_SECONDS = 1.0  # as asyncio does, when the system has no file left for another connection


class Loop(uvloop.Loop):
    """uvloop's loop with a listening socket of our own, for servers without TLS on one address."""

    # less than uvloop can, all that the web server asks
    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: str | None = None,
        port: int | None = None,
        *,
        sock: socket.socket | None = None,
        backlog: int = 100,
        ssl: Any = None,
    ) -> "Door":
        """Listen at `sock`, or at one address."""
        if sock is None:
            family = socket.AF_INET6 if ":" in (host or "") else socket.AF_INET
            sock = socket.create_server((host or "", port or 0), family=family, backlog=backlog)
        else:
            sock.listen(backlog)
        sock.setblocking(False)
        return Door(self, protocol_factory, sock)


class Door:
    """A server as asyncio has it: accepts whoever waits, MOST_AT_ONCE in a turn of the loop."""

    def __init__(self, loop: Loop, protocol_factory: Callable[[], asyncio.BaseProtocol], sock: socket.socket) -> None:
        self._loop = loop
        self._factory = protocol_factory
        self.sockets = [sock]
        self._opening: set[asyncio.Task[Any]] = set()
        self._open()

    def close(self) -> None:
        """Let nobody in any more."""
        for sock in self.sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self.sockets = []

    async def wait_closed(self) -> None:
        """Those who are in have their connection."""
        if self._opening:
            await asyncio.wait(self._opening)

    def _open(self) -> None:
        for sock in self.sockets:
            self._loop.add_reader(sock, self._accept, sock)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                connection, _peer = sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("no_connection_accepted: %s", error)
                self._loop.remove_reader(sock)
                self._loop.call_later(REST_SECONDS, self._open)
                return
            connection.setblocking(False)
            opening = self._loop.create_task(self._loop.connect_accepted_socket(self._factory, connection))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)
