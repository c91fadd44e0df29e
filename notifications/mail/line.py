"""A connection to a mail server on which everything ends by a moment, however slowly the server talks.

smtplib's own timeouts begin anew with each byte that arrives: a server that drips its answers could hold a worker for
as long as it likes.
"""

import math
import smtplib
import time
from typing import Any

Reply = tuple[int, bytes]


class _Replies:
    """The lines that the server says; smtplib reads them as from a file."""

    def __init__(self, line: "Line") -> None:
        self._line, self._buffer = line, b""

    def readline(self, limit: int) -> bytes:
        """The next one, at most `limit` bytes; what there is when the server hangs up. TimeoutError when time is up."""
        while b"\n" not in self._buffer and len(self._buffer) < limit:
            more = self._line.receive()
            if not more:
                break
            self._buffer += more
        end = min(self._buffer.find(b"\n") + 1 or len(self._buffer), limit)
        found, self._buffer = self._buffer[:end], self._buffer[end:]
        return found

    def close(self) -> None:
        """Nothing of its own to close."""


class Line(smtplib.SMTP):
    """In the clear, or by STARTTLS. `until` (of time.monotonic) bounds everything, `timeout` each command, but for the
    verdict on a message."""

    file: Any  # smtplib's own, of which its stubs know nothing

    def __init__(self, host: str, port: int, *, until: float, timeout: float, **kwargs: Any) -> None:
        self.until = until
        self._patience = timeout
        super().__init__(host, port, timeout=timeout, **kwargs)

    def left(self) -> float:
        """Seconds that the server may take for what it does next. TimeoutError when there are none."""
        left = min(self._patience, self.until - time.monotonic())
        if left <= 0:
            raise TimeoutError("The mail server took too long.")
        return left

    def receive(self) -> bytes:
        """What has come; nothing when the server has hung up. TimeoutError when time is up."""
        if self.sock is None:
            return b""
        self.sock.settimeout(self.left())
        return self.sock.recv(4096)

    def getreply(self) -> Reply:
        """What the server answers. SMTPServerDisconnected when it hangs up, or takes too long."""
        if self.file is None:
            self.file = _Replies(self)
        return super().getreply()

    def send(self, s: Any) -> None:
        """All of it, or SMTPServerDisconnected."""
        if self.sock:
            self.sock.settimeout(self.left())
        super().send(s)

    def data(self, msg: Any) -> Reply:
        """Hand over a message; what the server says of it in the end. That it may think about for as long as there is
        (it looks for viruses, asks around): a message given up just before it is taken arrives twice."""
        patience, self._patience = self._patience, math.inf
        try:
            return super().data(msg)
        except smtplib.SMTPDataError as refusal:
            return refusal.smtp_code, refusal.smtp_error  # type: ignore[return-value]  # as read from the server
        finally:
            self._patience = patience


class SecureLine(Line, smtplib.SMTP_SSL):
    """By TLS from the first byte."""
