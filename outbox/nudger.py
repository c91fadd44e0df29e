"""Nudges from an event loop: few, and in a thread, because a message to the broker costs more than a booking."""

import asyncio

from outbox.operations import nudge

SECONDS_BETWEEN = 0.2


class Nudger:
    """For one event loop. Rings at once, and then at most every SECONDS_BETWEEN for all who rang meanwhile."""

    def __init__(self) -> None:
        self._rung = False
        self._task: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Something due has been committed."""
        self._rung = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._nudge())

    async def close(self) -> None:
        """Let the last nudge out."""
        if self._task:
            await self._task

    async def _nudge(self) -> None:
        while self._rung:
            self._rung = False
            await asyncio.to_thread(nudge)  # the lane of facts
            await asyncio.sleep(SECONDS_BETWEEN)
