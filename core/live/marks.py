"""What operations say after a commit: this has changed, look again.

A mark is a hint, not the truth: whoever shows a subject reads it anew when it is marked, and every few seconds besides.
So a mark that is lost costs seconds, and one too many costs a read. Within a transaction all marks go out together,
after the commit, by one message to Redis; an event loop gathers those of many commits (`LoopMarks`).
"""

import asyncio
import time
from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core.live.ending import end
from core.live.messages import Letter, Marks, channel, encode, texts

log = structlog.get_logger(__name__)

SECONDS_BETWEEN = 0.1  # messages of one event loop
REST_SECONDS = 2.0  # after a failure Redis is left alone: nobody waits for a connection that does not come about
MOST_LETTERS = 5000  # kept while Redis is away
OPTIONS: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1}


def changed(*subjects: UUID) -> None:
    """Say, once the transaction is committed, that these have changed."""
    _after_commit(Marks(changed=texts(subjects)))


def line_moved(subject: UUID) -> None:
    """Say, once the transaction is committed, that places in this subject's line are other ones now."""
    _after_commit(Marks(changed={str(subject)}, moved={str(subject)}))


def stirred(subject: UUID) -> None:
    """Say, once the transaction is committed, to whoever looks at this subject that they may ask anew: there is nothing
    to be read of it for everybody."""
    _after_commit(Marks(moved={str(subject)}))


def tell(user_id: UUID, topic: str, about: UUID, *, message: str = "", tone: str = "info") -> None:
    """Say to the pages of one person, once the transaction is committed, that something of theirs has changed.

    `topic` and the id are all that is sent, and a `message` for a toast (`tone`: info, success, warning or error); what
    there is to see, the page asks for itself.
    """
    _after_commit(Marks(letters=[Letter(str(user_id), topic, str(about), message, tone)]))


def session_ended(digest: str) -> None:
    """Say that a session is over, by its `session_digest`."""
    _after_commit(Marks(ended={digest}))


class _Pending:
    """The marks of one transaction."""

    def __init__(self) -> None:
        self.marks = Marks()

    def send(self) -> None:
        _sender().send(self.marks)


def _after_commit(marks: Marks) -> None:
    owners = (getattr(callback, "__self__", None) for _, callback, *_ in connection.run_on_commit)
    pending = next((owner for owner in owners if isinstance(owner, _Pending)), None)
    if pending:
        pending.marks.add(marks)
        return
    pending = _Pending()
    pending.marks.add(marks)
    transaction.on_commit(pending.send, robust=True)


class Sender:
    """Sends marks from threads. Says nothing when that fails: they are hints."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, **OPTIONS, retry=Retry(NoBackoff(), 0))
        self._channel = channel(url)
        self._rests_until = 0.0

    def send(self, marks: Marks) -> None:
        if time.monotonic() < self._rests_until:
            return
        try:
            self._redis.publish(self._channel, encode(marks))
        except (RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("live_marks_not_sent", error=str(error))

    def close(self) -> None:
        self._redis.close()


@cache
def _sender() -> Sender:
    return Sender(settings.REDIS_URL)


class LoopMarks:
    """For one event loop, where commits come by the hundred: sent at once, and then at most every SECONDS_BETWEEN.

    What could not be sent is sent when Redis is back.
    """

    def __init__(self) -> None:
        self._redis = AsyncRedis.from_url(settings.REDIS_URL, **OPTIONS, retry=AsyncRetry(NoBackoff(), 0))
        self._channel = channel(settings.REDIS_URL)
        self._marks = Marks()
        self._task: asyncio.Task[None] | None = None

    def changed(self, subjects: Iterable[UUID]) -> None:
        """These have been committed."""
        self._marks.changed |= texts(subjects)
        if self._marks and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Let the last ones out, if Redis takes them at once."""
        if self._task:
            await end([self._task])
        if self._marks:
            await self._try(self._marks)
        await self._redis.aclose()

    async def _send(self) -> None:
        while self._marks:
            marks, self._marks = self._marks, Marks()
            try:
                sent = await self._try(marks)
            except asyncio.CancelledError:
                self._marks.add(marks)
                raise
            if not sent:
                self._marks.add(marks)
                del self._marks.letters[MOST_LETTERS:]
            await asyncio.sleep(SECONDS_BETWEEN if sent else REST_SECONDS)

    async def _try(self, marks: Marks) -> bool:
        try:
            await self._redis.publish(self._channel, encode(marks))
        except (RedisError, OSError) as error:
            log.warning("live_marks_not_sent", error=str(error))
            return False
        return True
