"""Reads what was marked, once in all the installation, and tells everybody.

A mark is answered by a read that begins after it: at once where nobody has read the subject for WINDOW_SECONDS, else as
soon as that time is up. So however many commits there are, a subject is read and sent a few times a second, and the
last commit is never left out. Of the processes that heard the mark, the one that takes the turn in Redis reads; should
it die before it tells, another one does. Whatever was missed all the same is found when a subject is read anew because
nothing was heard of it for HEAL_SECONDS. Without Redis each process reads for itself, every second.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from core.live.messages import News
from core.tally import Histogram

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 0.15  # between two reads of one subject
HEAL_SECONDS = 3.0
ALONE_SECONDS = 1.0  # between two reads without Redis
LOST_SECONDS = 1.0  # after which whoever took the turn is taken for dead
UNKNOWN_SECONDS = 60.0  # until a subject that is nobody's business is looked for again
RETRY_SECONDS = 0.5  # after the database did not answer
TOGETHER = 100
LAG = Histogram("evently_live_seconds", "From hearing that something has changed to telling the pages.")

Read = Callable[[Sequence[str]], Awaitable[Sequence[News]]]


class TakesTurns(Protocol):
    async def take(self, subjects: Sequence[str]) -> dict[str, float]: ...
    async def end(self, subjects: Sequence[str], *, after: float) -> None: ...


class Broadcaster:
    """For one event loop. `tell` is given what was read; `alone` says whether Redis is away; `blind` is told True
    when nothing can be read, and False when it can be again."""

    def __init__(
        self,
        read: Read,
        turns: TakesTurns,
        tell: Callable[[News], Awaitable[None]],
        *,
        alone: Callable[[], bool],
        blind: Callable[[bool], None],
    ) -> None:
        self._read, self._turns, self._tell, self._alone, self._blind = read, turns, tell, alone, blind
        self._due: dict[str, float] = {}  # when each subject that is watched is to be read next
        self._marked: dict[str, float] = {}  # since when
        self._bell = asyncio.Event()
        self._is_blind = False

    def watch(self, subject: str) -> None:
        """Read it now, and from now on."""
        self._due[subject] = 0.0
        self.mark(subject)

    def forget(self, subject: str) -> None:
        self._due.pop(subject, None)
        self._marked.pop(subject, None)

    def mark(self, subject: str) -> None:
        """It has changed. Says nothing to what is not watched."""
        if subject in self._due:
            self._marked.setdefault(subject, time.monotonic())
            self._due[subject] = 0.0
            self._bell.set()

    def mark_all(self) -> None:
        """Marks may have been missed."""
        for subject in self._due:
            self.mark(subject)

    def taken(self, subjects: Sequence[str]) -> None:
        """Somebody else reads these from now on: what was marked before, they will tell."""
        for subject in subjects:
            if subject in self._due:
                self._marked.pop(subject, None)
                self._due[subject] = time.monotonic() + LOST_SECONDS

    def told(self, subject: str) -> None:
        """There was news of it."""
        if subject in self._due and subject not in self._marked:
            self._due[subject] = time.monotonic() + HEAL_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311  no secret

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            now = time.monotonic()
            due = [subject for subject, at in self._due.items() if at <= now][:TOGETHER]
            if due:
                await self._broadcast(due)
                continue
            self._bell.clear()
            next_one = min(self._due.values(), default=now + HEAL_SECONDS)
            try:
                async with asyncio.timeout(next_one - now):
                    await self._bell.wait()
            except TimeoutError:
                pass

    async def _broadcast(self, due: Sequence[str]) -> None:
        began = time.monotonic()
        since = dict(self._marked)
        mine = await self._take(due)
        if not mine:
            return
        try:
            news = await self._read(mine)
        except Exception as error:  # whatever it is, what pages show may be out of date now
            self._put_off(mine, error)
            return
        self._see(True)
        unknown = set(mine)
        for one in news:
            unknown.discard(one.subject)
            await self._tell(one)
            if one.subject in since:
                LAG.observe(time.monotonic() - since[one.subject])
        await self._end(mine, time.monotonic() - began)
        for subject in unknown & self._due.keys() - self._marked.keys():
            self._due[subject] = time.monotonic() + UNKNOWN_SECONDS

    async def _take(self, due: Sequence[str]) -> list[str]:
        """Those that are ours to read now; the others come back when it may be their turn."""
        waits = await self._waits(due)
        now = time.monotonic()
        for subject in waits.keys() & self._due.keys():
            if not waits[subject]:
                self._marked.pop(subject, None)
                self._due[subject] = now + (ALONE_SECONDS if self._alone() else LOST_SECONDS)
            elif subject in self._marked:
                self._due[subject] = now + waits[subject]
            else:
                self._due[subject] = now + LOST_SECONDS
        return [subject for subject, wait in waits.items() if not wait and subject in self._due]

    async def _waits(self, due: Sequence[str]) -> dict[str, float]:
        if not self._alone():
            try:
                return await self._turns.take(due)
            except (RedisError, OSError) as error:
                log.warning("live_turn_not_taken", error=str(error))
        return dict.fromkeys(due, 0.0)

    async def _end(self, subjects: Sequence[str], after: float) -> None:
        """Let the others have their turn. Where that fails, it ends by itself."""
        with suppress(RedisError, OSError):
            if not self._alone():
                await self._turns.end(subjects, after=after)

    def _put_off(self, subjects: Sequence[str], error: Exception) -> None:
        if not self._is_blind:
            log.warning("live_not_read", exc_info=error)
        self._see(False)
        for subject in subjects:
            if subject in self._due:
                self._marked.setdefault(subject, time.monotonic())
                self._due[subject] = time.monotonic() + RETRY_SECONDS

    def _see(self, sees: bool) -> None:
        if self._is_blind == sees:
            self._is_blind = not sees
            self._blind(not sees)
