"""Little servers on loopback that answer as a test wants, also wrongly."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Answers the n-th request (from 0) of the n-th connection; None: closes without a word.
Reply = Callable[[int, int, bytes], bytes | None]


@contextmanager
def serving(reply: Reply, *, tls: ssl.SSLContext | None = None, close_after: int = 0) -> Iterator[str]:
    """Its address, while it runs. `close_after` so many answers it closes the connection."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        threading.Thread(target=_accept, args=(listener, reply, tls, close_after), daemon=True).start()
        scheme, name = ("https", "localhost") if tls else ("http", "127.0.0.1")
        yield f"{scheme}://{name}:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, reply: Reply, tls: ssl.SSLContext | None, close_after: int) -> None:
    number = 0
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(client, number, reply, tls, close_after), daemon=True).start()
        number += 1


def _answer(client: socket.socket, number: int, reply: Reply, tls: ssl.SSLContext | None, close_after: int) -> None:
    with suppress(OSError), tls.wrap_socket(client, server_side=True) if tls else client as peer:
        count = 0
        while (request := _request(peer)) and (answer := reply(number, count, request)) is not None:
            peer.sendall(answer)
            count += 1
            if count == close_after:
                return


def _request(peer: socket.socket) -> bytes:
    """One request with its body; empty once the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := peer.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body
