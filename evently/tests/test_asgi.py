"""The one entry: what never reaches Django."""

import socket
import sys
import threading
import time
from contextlib import closing
from subprocess import run

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def port():
    from evently.asgi import application

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def test_a_fresh_process_starts():
    run([sys.executable, "-c", "import evently.asgi"], timeout=60, check=True)


def exchange(port: int, request: bytes) -> bytes:
    """The answer to raw bytes, to its end."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_body_of_unknown_length_is_refused_by_name(port):
    head = b"POST /api/bookings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    answer = exchange(port, head + b"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert b"application/problem+json" in answer
    assert b'"code": "length-required"' in answer


def test_a_socket_that_nobody_serves_is_refused(port):
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{port}/ws/nowhere"):
        pass


def test_static_files_are_kept_by_their_hash_and_never_guessed_at(port):
    answer = exchange(port, b"GET /static/css/site.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"x-content-type-options: nosniff" in answer.lower()
