"""The event loop lets a crowd in at once, and rests when the system has no room."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from subprocess import run
from typing import Any

import pytest

from evently.loop import MOST_AT_ONCE, Loop

CROWD = 10 * MOST_AT_ONCE
NO_FILE_LEFT = """
import asyncio, resource, socket, sys
from evently import loop as evently_loop

evently_loop.REST_SECONDS = 0.2

async def main():
    came = asyncio.Event()
    class Visit(asyncio.Protocol):
        def connection_made(self, transport):
            came.set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Visit, "127.0.0.1", 0)
    visitor = socket.create_connection(server.sockets[0].getsockname())
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (visitor.fileno() + 1, hard))
    await asyncio.sleep(0.1)
    assert not came.is_set()
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
    await asyncio.wait_for(came.wait(), 5)

evently_loop.Loop().run_until_complete(main())
"""


class Visit(asyncio.Protocol):
    """Says so when somebody came in, and answers with the same bytes."""

    def __init__(self, came: Callable[[], None]) -> None:
        self._came = came

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._came()

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.fixture
def in_loop():
    """Runs a coroutine in our loop, in a thread of its own: in this one Playwright may keep a loop running."""
    loop = Loop()

    def finish(coroutine: Awaitable[Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(loop.run_until_complete, coroutine).result(timeout=30)

    yield finish
    loop.close()


async def turns_until(condition: Callable[[], bool]) -> int:
    """How many turns of the loop it took."""
    for turn in range(1000):
        if condition():
            return turn
        await asyncio.sleep(0)
    raise AssertionError("It never happened.")


def test_a_crowd_is_let_in_within_a_few_turns(in_loop):
    came: list[None] = []

    async def rush() -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Visit(lambda: came.append(None)), "127.0.0.1", 0, backlog=CROWD)
        address = server.sockets[0].getsockname()
        with ExitStack() as stack:
            for _ in range(CROWD):
                stack.enter_context(socket.create_connection(address))
            turns = await turns_until(lambda: len(came) == CROWD)
        server.close()
        await server.wait_closed()
        return turns

    assert in_loop(rush()) <= 3 * CROWD / MOST_AT_ONCE


def test_a_socket_that_is_there_already_is_served(in_loop):
    async def talk(listener: socket.socket) -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Visit(lambda: None), sock=listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"hello")
        said = await reader.readexactly(5)
        writer.close()
        server.close()
        await server.wait_closed()
        return said

    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        assert in_loop(talk(listener)) == b"hello"


def test_nobody_is_let_in_after_the_end(in_loop):
    async def end() -> None:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        server.close()
        await server.wait_closed()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)

    in_loop(end())


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback address")
def test_it_listens_at_an_address_of_ipv6(in_loop):
    async def listen() -> str:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "::1", 0)
        host = server.sockets[0].getsockname()[0]
        server.close()
        return host

    assert in_loop(listen()) == "::1"


def test_it_waits_while_the_system_has_no_file_left():
    done = run([sys.executable, "-c", NO_FILE_LEFT], timeout=60, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no_connection_accepted" in done.stderr
