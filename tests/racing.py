"""Many people at once: threads with connections of their own, let go at the same moment."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
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


def closing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for a thread of its own: it closes the connection it has opened."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return run


def _outcome(runner: Callable[[], Any]) -> Any:
    try:
        return runner()
    except Exception as error:  # the test looks at what was raised
        return error


def wait_until_blocked(seconds: float = 10, people: int = 1) -> None:
    """Return once so many wait for a lock of this test database: the server has those of other tests too."""
    deadline = time.monotonic() + seconds
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else pg_stat_activity stands still in a transaction
            cursor.execute("""SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND datname = current_database()""")
            if cursor.fetchone()[0] >= people:
                return
        if time.monotonic() > deadline:
            raise TimeoutError("Nobody is waiting for a lock.")
        time.sleep(0.01)
