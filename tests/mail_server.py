"""A mail server on the loopback: real SMTP, and as moody as a test wants it."""

import asyncio
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext

from aiosmtpd.smtp import SMTP, AuthResult

logging.getLogger("mail.log").setLevel(logging.WARNING)  # below that it tells of every line


class MailServer:
    """`received` is what it took, oldest first. What it is told to answer, it answers once each, in that order:
    `to_recipients`, `to_messages`; None is a yes. In place of the answer "hang" it says nothing any more.

    With a `secret` it wants to be told it, for a password; with a `context` over TLS: from the first byte, or by
    STARTTLS."""

    def __init__(
        self, *, patience: float = 300, context: SSLContext | None = None, starttls: bool = False, secret: str = ""
    ) -> None:
        self._tls = None if starttls else context
        self._how = {"tls_context": context, "require_starttls": True} if starttls else {}
        if secret:
            self._how |= {"authenticator": _knows(secret), "auth_require_tls": starttls}
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.to_recipients: deque[str | None] = deque()
        self.to_messages: deque[str | None] = deque()
        self._patience = patience
        self._listens = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listener.getsockname()

    def start(self) -> None:
        """Listen, in a thread of its own; returns when it does."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._listens.wait(20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    async def handle_RCPT(self, server, session, envelope, address: str, options) -> str:
        if answer := self.to_recipients.popleft() if self.to_recipients else None:
            return await said(answer)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope) -> str:
        if answer := self.to_messages.popleft() if self.to_messages else None:
            return await said(answer)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return f"250 2.0.0 Ok: queued as {len(self.received)}"

    def _connected(self) -> SMTP:
        self.connections += 1
        return SMTP(self, loop=self._loop, hostname="mail.test", timeout=self._patience, **self._how)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.create_server(self._connected, sock=self._listener, ssl=self._tls)
        server = self._loop.run_until_complete(listening)
        self._loop.call_soon(self._listens.set)
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


def _knows(secret: str) -> Callable[..., AuthResult]:
    def check(server, session, envelope, mechanism, login) -> AuthResult:
        return AuthResult(success=login.password == secret.encode(), handled=False)

    return check


async def said(answer: str) -> str:
    """The answer, or a silence that lasts."""
    if answer == "hang":
        await asyncio.sleep(3600)
    return answer


@contextmanager
def mail_server(**how) -> Iterator[MailServer]:
    server = MailServer(**how)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def send_to(settings, server: MailServer) -> None:
    """Have our mail go there."""
    settings.EMAIL_BACKEND = "notifications.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
