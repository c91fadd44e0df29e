"""Many people at once: threads with connections of their own, let go at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def race(runners: Sequence[Callable[[], Any]], *, threads: int) -> list[Any]:
    """Run all of them on so many threads; what each returned or raised, in the order given."""
    threads = min(threads, len(runners))
    start = threading.Barrier(threads, timeout=30)
    outcomes: list[Any] = [None] * len(runners)

    def run_every_nth(offset: int) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            for index in range(offset, len(runners), threads):
                outcomes[index] = _outcome(runners[index])
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        list(pool.map(run_every_nth, range(threads)))
    return outcomes


def _outcome(runner: Callable[[], Any]) -> Any:
    try:
        return runner()
    except Exception as error:  # the test looks at what was raised
        return error
