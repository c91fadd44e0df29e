"""What the installation does while the buyers rush: processor time before and after, and what the database's sessions
are at, ten times a second."""

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.utils import timezone

from events.models import Event
from rehearsal import clone as clones
from rehearsal.processes import Usage, usage

EVERY = 0.1  # seconds
# https://www.postgresql.org/docs/current/monitoring-stats.html: what sessions wait for until a commit is durable.
COMMIT = {"WalSync", "WALSync", "WalWrite", "WALWrite", "WALWriteLock", "WALInsert", "SyncRep", "WalBufMapping"}
_SESSIONS = """
SELECT state, wait_event_type, wait_event
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_LOCAL = "SELECT pg_backend_pid() WHERE inet_server_addr() IS NULL OR inet_server_addr() << '127.0.0.0/8'"


@dataclass
class Seen:
    """Shares of cores, and sessions at a time on average. None: not to be seen from here."""

    cores: int
    machine: float | None = None
    web: list[float] = field(default_factory=list)  # of each process, the busiest first
    worker: float | None = None
    database: float | None = None
    ourselves: float = 0.0
    sessions: dict[str, float] = field(default_factory=dict)  # computing, commit, lock, application, other


class Watch:
    """`with Watch(clone) as watch: …`; then `watch.seen`. Meanwhile it keeps the rehearsal's heartbeat."""

    def __init__(self, clone: Event):
        self.clone = clone
        self.counted: Counter[str] = Counter()
        self.samples = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watch":
        self.backend = _local_backend()
        self.before, self.began = usage(self.backend), time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        after, took = usage(self.backend), time.monotonic() - self.began
        self._over.set()
        self._thread.join()
        self.seen = _seen(self.before, after, took)
        self.seen.sessions = {kind: count / self.samples for kind, count in self.counted.items()}

    def _watch(self) -> None:
        """In a thread of its own, with a connection of its own. A database that is away is not asked again so soon."""
        next_beat = 0.0
        try:
            while not self._over.wait(EVERY):
                try:
                    self._look()
                    if time.monotonic() >= next_beat:
                        clones.keep_alive(self.clone, now=timezone.now())
                        next_beat = time.monotonic() + clones.HEARTBEAT.total_seconds()
                except DatabaseError:
                    connection.close()
                    self._over.wait(1)
        finally:
            connection.close()

    def _look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SESSIONS)
            self.counted.update(kind for row in cursor.fetchall() if (kind := _kind(*row)))
        self.samples += 1


def _kind(state: str | None, wait_type: str | None, wait: str | None) -> str | None:
    """What a session is at; None when nobody wants anything of it."""
    if state == "idle in transaction":
        return "application"
    if state != "active":
        return None
    if wait in COMMIT:
        return "commit"
    return {None: "computing", "Lock": "lock", "Client": None}.get(wait_type, "other")


def _local_backend() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCAL)
        row = cursor.fetchone()
    return row[0] if row else None


def _seen(before: Usage, after: Usage, took: float) -> Seen:
    def share(start: float | None, end: float | None) -> float | None:
        return None if start is None or end is None else (end - start) / took

    web = [share(before.web.get(pid, 0.0), seconds) or 0.0 for pid, seconds in after.web.items()]
    return Seen(
        cores=os.cpu_count() or 1,
        machine=share(before.machine, after.machine),
        web=sorted(web, reverse=True),
        worker=share(before.worker, after.worker),
        database=share(before.database, after.database),
        ourselves=share(before.ourselves, after.ourselves) or 0.0,
    )
