"""A mail server that knows which message it has seen before, and what happens to whoever brings it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.mail_server import MailServer, said

Answer = Callable[[EmailMessage, int], str]
TAKEN = "250 2.0.0 Ok: queued as F00D"


def take(message: EmailMessage, attempt: int) -> str:
    """The answer of a mail server that has a good day."""
    return TAKEN


class PostOffice(MailServer):
    """`answer` is called with each message and how often this one has been brought, from 1; what it returns is said to
    the client ("hang": nothing), and a message is received when that begins with 250. `before_saying_so` runs when a
    message has been received and its client does not know yet."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer = take
        self.before_saying_so: Callable[[], None] = lambda: None
        self.brought: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """As EMAIL_URL has it."""
        return f"smtp://{self.host}:{self.port}"

    def ids(self) -> Counter[str]:
        """How often each message was received, by its Message-ID."""
        return Counter(message["Message-ID"] for message in self.received)

    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.brought[message["Message-ID"]] += 1
        # In a thread: it may wait, for a worker to die, say.
        answer = await asyncio.to_thread(self.answer, message, self.brought[message["Message-ID"]])
        if answer.startswith("250"):
            self.received.append(message)
            await asyncio.to_thread(self.before_saying_so)
        return await said(answer)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Open, on a port of its own, until the end."""
    office = PostOffice()
    office.start()
    try:
        yield office
    finally:
        office.stop()
