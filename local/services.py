"""PostgreSQL and Valkey: those of `make run`, and private ones to throw away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.locks import locked
from local.paths import VAR
from local.postgres import PostgreSQL
from local.valkey import Valkey

LOCK = VAR / "services.lock"


def start(environ: dict[str, str]) -> None:
    """Start whichever server `environ` names no other for, and put its address there."""
    with locked(LOCK):
        if not environ.get("DATABASE_URL"):
            database = PostgreSQL(VAR / "postgres")
            database.start()
            database.ensure_database("evently")
            environ["DATABASE_URL"] = database.url("evently")
        if not environ.get("REDIS_URL"):
            cache = Valkey(VAR / "valkey")
            cache.start()
            environ["REDIS_URL"] = cache.url


def stop() -> None:
    with locked(LOCK):
        Valkey(VAR / "valkey").stop()
        PostgreSQL(VAR / "postgres").stop()


def discard() -> None:
    """Stop them and delete their data."""
    with locked(LOCK):
        Valkey(VAR / "valkey").discard()
        PostgreSQL(VAR / "postgres").discard()


@contextmanager
def throwaway_valkey(*, durable: bool = False) -> Iterator[Valkey]:
    """A Valkey of one's own to stop, start, kill and wipe. Not `durable`: each start finds it empty."""
    with private_folder() as folder:
        server = Valkey(folder / "valkey", durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.discard()


@contextmanager
def throwaway_postgres() -> Iterator[PostgreSQL]:
    """A PostgreSQL of one's own, with an empty database `evently`, to stop, start and kill."""
    with private_folder() as folder:
        server = PostgreSQL(folder / "postgres", durable=False)
        server.start()
        server.ensure_database("evently")
        try:
            yield server
        finally:
            server.discard()


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for one server: of the test run if there is one, which clears up after killed runs, else a temporary one."""
    with tempfile.TemporaryDirectory(prefix="own-", dir=os.environ.get("EVENTLY_TEST_RUN")) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user has to pass through
        yield Path(folder)
