"""One run of the tests among several: its number, its databases, and clearing up after killed ones.

Runs share one PostgreSQL in `var/test`, each with databases of its own number. Every pytest process, and so
each xdist worker, has a Valkey of its own: Redis separates neither channels nor FLUSHALL by database number.
"""

import os
import re
import shutil
from itertools import count
from pathlib import Path
from typing import IO

from local.locks import locked, try_lock
from local.paths import VAR
from local.postgres import PostgreSQL
from local.valkey import Valkey

HOME = VAR / "test"
RUNS = HOME / "runs"
LOCK = HOME / "services.lock"
OUR_DATABASES = "SELECT datname FROM pg_database WHERE datname ~ '^test_evently_run[0-9]+(_gw[0-9]+)?$'"


class Run:
    """Holds the lock file of its number; the kernel lets go of it, however the run ends."""

    def __init__(self, number: int, lock: IO[str]):
        self.number = number
        self.lock = lock
        self.folder = RUNS / str(number)
        self.folder.mkdir(exist_ok=True)
        self.database = f"evently_run{number}"

    def start_database(self) -> str:
        """The address Django is told; it makes and drops `test_evently_run…` there by itself."""
        with locked(LOCK):
            server = PostgreSQL(HOME / "postgres", durable=False)
            server.start()
            self._drop_leftovers(server)
            return server.url(self.database)

    def _drop_leftovers(self, server: PostgreSQL) -> None:
        """Of runs that are dead, and of the last one that bore our own number."""
        for name in server.sql(OUR_DATABASES):
            number = int(re.findall(r"run(\d+)", name)[0])
            if number == self.number or not is_held(RUNS / f"{number}.lock"):
                server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def end(self) -> None:
        """Stop what nobody else uses."""
        with locked(LOCK):
            clear_folder(self.folder)
            self.lock.close()
        stop_unused()


def begin() -> Run:
    """Take the lowest free number; whatever an earlier run of that number left is cleared away first."""
    with locked(LOCK):
        number, lock = next((n, held) for n in count() if (held := try_lock(RUNS / f"{n}.lock")))
        clear_folder(RUNS / str(number))
        return Run(number, lock)


def stop_unused() -> bool:
    """Stop the database server unless a run still uses it."""
    with locked(LOCK):
        if any(is_held(lock) for lock in RUNS.glob("*.lock")):
            return False
        for folder in RUNS.glob("*/"):
            clear_folder(folder)
        PostgreSQL(HOME / "postgres", durable=False).stop()
        return True


def discard() -> bool:
    """Delete everything, unless a run still uses it."""
    if not stop_unused():
        return False
    PostgreSQL(HOME / "postgres", durable=False).discard()
    return True


def is_held(lock: Path) -> bool:
    if taken := try_lock(lock):
        taken.close()
    return taken is None


def clear_folder(folder: Path) -> None:
    """Stop the servers below `folder`, then remove it."""
    for place, _, files in list(os.walk(folder)):
        if "valkey.pid" in files:
            Valkey(Path(place)).discard()
        if "postmaster.pid" in files:
            PostgreSQL(Path(place).parent).discard()
    shutil.rmtree(folder, ignore_errors=True)
