"""Ending tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 0.5


async def end(tasks: Iterable[asyncio.Task[Any]]) -> list[BaseException]:
    """Cancel them until they are done. Once is not enough: a library that is cancelled in the very moment in which it
    gives up waiting may take the one for the other (Python's `wait_for` did, until 3.12).

    Returns what they failed with.
    """
    tasks = list(tasks)
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
    return [error for task in tasks if not task.cancelled() and (error := task.exception())]
