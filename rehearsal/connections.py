"""One non-blocking connection of the crowd: plain or TLS, kept open from call to call."""

import errno
import selectors
import socket
import ssl
import time
from urllib.parse import urlsplit

from rehearsal.answers import Head, Malformed, read_body, read_head

READ_SIZE = 65_536  # larger buffers cost a system call of their own each time
KINDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EADDRNOTAVAIL: "no free port",
}


class Failed(Exception):
    """The call has no answer. `kind` is the word it is counted by."""

    def __init__(self, kind: str):
        super().__init__(kind)
        self.kind = kind


class Address:
    """Where the calls go; looked up once. Raises ValueError or OSError when it is no address."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no address: http://host:port is expected.")
        self.name = parts.hostname
        self.host = parts.netloc.rpartition("@")[2]
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(self.name, port, type=socket.SOCK_STREAM)[0]
        self.family, self.peer = found[0], found[4]
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None


class Connection:
    """`send` a call, then `go_on` whenever the selector says that something can be done, until it is answered."""

    __slots__ = (
        "_address",
        "_head",
        "_method",
        "_open",
        "_read",
        "_selector",
        "_socket",
        "_to_send",
        "_watched",
        "index",
        "since",
        "stays",
    )

    def __init__(self, address: Address, selector: selectors.BaseSelector):
        self._address = address
        self._selector = selector
        self._open = False
        self._watched = 0

    def send(self, index: int, method: str, data: bytes) -> None:
        self.index, self._method, self._to_send = index, method, data
        self._read, self.stays = b"", False
        self._head: Head | None = None
        self.since = time.perf_counter()
        try:
            if not self._open:
                self._connect()
            self._write()
        except OSError as error:
            raise Failed(_kind(error)) from error

    def go_on(self) -> tuple[int, bytes] | None:
        """Write what is left, else read what came: the status and the body once they are whole."""
        try:
            if self._to_send:
                self._write()
                return None
            return self._receive()
        except OSError as error:
            raise Failed(_kind(error)) from error
        except Malformed as error:
            raise Failed("malformed") from error

    def close(self) -> None:
        if self._open:
            self._forget()
            self._socket.close()

    def _connect(self) -> None:
        self._socket = socket.socket(self._address.family, socket.SOCK_STREAM)
        self._open = True
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        failed = self._socket.connect_ex(self._address.peer)
        if failed not in (0, errno.EINPROGRESS):
            raise OSError(failed, "connect")

    def _write(self) -> None:
        """Send what can be sent. On loopback all of it leaves at once, and the selector is asked one thing only."""
        try:
            if self._address.tls and not isinstance(self._socket, ssl.SSLSocket):
                self._begin_tls(self._address.tls)
            self._to_send = self._to_send[self._socket.send(self._to_send) :]
        except ssl.SSLWantReadError:
            return self._watch(selectors.EVENT_READ)
        except (BlockingIOError, ssl.SSLWantWriteError):
            pass
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise
        self._watch(selectors.EVENT_WRITE if self._to_send else selectors.EVENT_READ)

    def _begin_tls(self, context: ssl.SSLContext) -> None:
        """Once it is connected (until then ENOTCONN); the first send then shakes hands."""
        if failed := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(failed, "connect")
        self._socket.getpeername()
        self._forget()
        self._socket = context.wrap_socket(
            self._socket, server_hostname=self._address.name, do_handshake_on_connect=False
        )

    def _receive(self) -> tuple[int, bytes] | None:
        while True:
            try:
                data = self._socket.recv(READ_SIZE)
            except (BlockingIOError, ssl.SSLWantReadError):
                return None
            answered = self._take_in(data)
            if answered or not self._address.tls:  # TLS may hold more than the selector sees
                return answered

    def _take_in(self, data: bytes) -> tuple[int, bytes] | None:
        self._read = self._read + data if self._read else data
        if self._head is None:
            self._head = read_head(self._read, method=self._method)
        if self._head and (whole := read_body(self._read, self._head, ended=not data)):
            body, end = whole
            self.stays = self._head.stays and end == len(self._read)
            return self._head.status, body
        if not data:
            raise Failed("closed")
        return None

    def _watch(self, events: int) -> None:
        if events != self._watched:
            change = self._selector.modify if self._watched else self._selector.register
            change(self._socket, events, self)
            self._watched = events

    def _forget(self) -> None:
        if self._watched:
            self._selector.unregister(self._socket)
            self._watched = 0


def _kind(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    return KINDS.get(error.errno or 0) or errno.errorcode.get(error.errno or 0, "failed").lower()
