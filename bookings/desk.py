"""The desk: orders that arrive together are decided together.

A lane takes whatever waits, has the database decide it in one transaction, and hands out the answers when the
commit is durable; what arrives meanwhile is the next batch. Who comes alone is decided at once. One event is in
one lane at a time, so its orders are decided in the order of their arrival, and so is one customer, so that
nothing about a customer changes within a batch.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog

from bookings.errors import DeskBusy, Undecided
from bookings.operations.orders import Answer, Order, Outcome
from core.batching import BREATH_SECONDS
from core.errors import DomainError

log = structlog.get_logger(__name__)

# Longer batches gain little; and as many answers are written in one turn of the event loop, while others wait.
MOST_TOGETHER = 100


class Lane(Protocol):
    """What decides a batch: bookings.lane.DatabaseLane."""

    async def decide(self, orders: list[Order]) -> list[Answer | DomainError]: ...
    async def close(self) -> None: ...


@dataclass(eq=False)
class _Waiting:
    order: Order
    answer: asyncio.Future[Answer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def event(self) -> UUID:
        return self.order.event.pk

    @property
    def customer(self) -> UUID:
        return self.order.customer_id


class Desk:
    """Queue in front of the lanes; for one event loop. `room` bounds how many may wait. `changed` is told, batch by
    batch, of which events seats were taken, or may have been."""

    def __init__(
        self, lanes: Iterable[Lane], *, room: int, changed: Callable[[set[UUID]], None] = lambda events: None
    ) -> None:
        self._lanes = list(lanes)
        self._room = room
        self._changed = changed
        self._queues: dict[UUID, deque[_Waiting]] = {}  # by event, those that wait; the longest-waiting event first
        self._length = 0
        self._events: set[UUID] = set()  # in a lane now
        self._customers: set[UUID] = set()
        self._bell = asyncio.Event()
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    @property
    def waiting(self) -> int:
        """How many orders are in no lane yet."""
        return self._length

    async def decide(self, order: Order) -> Answer:
        """The database's word on an order. Raises DeskBusy at once when there is no room to wait, or what the lane
        says when the database could not be asked or heard."""
        if self._length >= self._room:
            raise DeskBusy()
        waiting = _Waiting(order)
        self._queues.setdefault(waiting.event, deque()).append(waiting)
        self._length += 1
        self._bell.set()
        return await waiting.answer

    async def close(self) -> None:
        """Decide what waits, then stop."""
        while self._length or self._events:
            await asyncio.sleep(0.01)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for lane in self._lanes:
            await lane.close()

    async def _work(self, lane: Lane) -> None:
        while True:
            batch = self._next_batch()
            if not batch:
                self._bell.clear()
                await self._bell.wait()
                continue
            try:
                answers = await lane.decide([waiting.order for waiting in batch])
                for waiting, answer in zip(batch, answers, strict=True):
                    _tell(waiting.answer, answer)
                self._changed({one.event for one, told in zip(batch, answers, strict=True) if _may_have_booked(told)})
            except Exception:
                log.exception("lane_failed", orders=len(batch))
                for waiting in batch:
                    _tell(waiting.answer, Undecided())
            finally:
                self._events.difference_update(waiting.event for waiting in batch)
                self._customers.difference_update(waiting.customer for waiting in batch)
                self._bell.set()
            if len(batch) > 1:
                await asyncio.sleep(BREATH_SECONDS)

    def _next_batch(self) -> list[_Waiting]:
        """What can be decided now: of each event that is in no lane, in order of arrival."""
        batch: list[_Waiting] = []
        for event in [event for event in self._queues if event not in self._events]:
            queue = self._queues.pop(event)
            later: deque[_Waiting] = deque()
            while queue and len(batch) < MOST_TOGETHER:
                waiting = queue.popleft()
                if waiting.answer.cancelled():
                    self._length -= 1
                elif waiting.customer in self._customers:
                    later.append(waiting)
                else:
                    self._customers.add(waiting.customer)
                    batch.append(waiting)
            later.extend(queue)
            if later:
                self._queues[event] = later  # behind the others: every event has its turn
        self._events.update(waiting.event for waiting in batch)
        self._length -= len(batch)
        return batch


def _may_have_booked(answer: Answer | DomainError) -> bool:
    """Also where the database was lost before it could say so."""
    return isinstance(answer, Undecided) or (isinstance(answer, Answer) and answer.outcome == Outcome.BOOKED)


def _tell(future: asyncio.Future[Answer], answer: Answer | DomainError) -> None:
    if future.cancelled():
        return
    if isinstance(answer, DomainError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
