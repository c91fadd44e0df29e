"""A crowd enters a few at a time, so that whoever else the event loop serves gets a word in between."""

import asyncio
from collections import deque

FEW = 16  # a millisecond or two of work


class Turnstile:
    """For one event loop: lets FEW in for each turn of the loop, in the order of their arrival."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Wait for one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turn())
        await turn

    async def _turn(self) -> None:
        while self._waiting:
            for _ in range(min(FEW, len(self._waiting))):
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
            await asyncio.sleep(0)
