"""A mail server on loopback: remembers what it took; can be told to refuse, to stall, to watch its client die."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class OnAFreePort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


Answer = Callable[[EmailMessage, int], str]
TAKEN = "250 2.0.0 Ok: queued as F00D"


def take(message: EmailMessage, attempt: int) -> str:
    """The answer of a mail server that has a good day."""
    return TAKEN


@dataclass
class PostOffice:
    """`answer` is called with each message and how often this one has been brought, from 1; what it returns is said to
    the client, and a message is taken when that begins with 250. "stall" leaves the client waiting. `before_saying_so`
    runs when a message has been taken and its client does not know yet."""

    answer: Answer = take
    before_saying_so: Callable[[], None] = lambda: None
    taken: list[EmailMessage] = field(default_factory=list)
    brought: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        """As EMAIL_URL has it."""
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> Counter[str]:
        """How often each message was taken, by its Message-ID."""
        return Counter(message["Message-ID"] for message in self.taken)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]):
        self.connections += 1
        session.host_name = name
        return answers

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        self.brought[message["Message-ID"]] += 1
        # In a thread: it may wait, for a worker to die, say.
        answer = await asyncio.to_thread(self.answer, message, self.brought[message["Message-ID"]])
        if answer == "stall":
            await asyncio.sleep(3600)
        if answer.startswith("250"):
            self.taken.append(message)
            await asyncio.to_thread(self.before_saying_so)
        return answer


@contextmanager
def post_office(answer: Answer = take) -> Iterator[PostOffice]:
    """Open, on a port of its own, until the end."""
    office = PostOffice(answer)
    controller = OnAFreePort(office, hostname="127.0.0.1", port=0, data_size_limit=20_000_000)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop(no_assert=True)  # whatever a client still waits for
