"""PostgreSQL and Valkey: those of `make run`, and private ones to throw away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local.locks import become_alone, locked, shared
from local.paths import VAR
from local.postgres import PostgreSQL
from local.valkey import Valkey

LOCK = VAR / "services.lock"
USERS = VAR / "services.users"


@contextmanager
def running(environ: dict[str, str]) -> Iterator[None]:
    """The servers for as long as the block runs; the last of several users stops them.

    Starts whichever server `environ` names no other for, and puts its address there.
    """
    with ExitStack() as stack:
        with locked(LOCK):
            use = stack.enter_context(shared(USERS))
            start(environ)
        try:
            yield
        finally:
            with locked(LOCK):
                if become_alone(use):
                    stop()


def start(environ: dict[str, str]) -> None:
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
    Valkey(VAR / "valkey").stop()
    PostgreSQL(VAR / "postgres").stop()


def discard() -> None:
    """Stop them and delete their data."""
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
    """A folder for one server; a test run has it among its own, so that it is cleared up after a kill."""
    with tempfile.TemporaryDirectory(prefix="own-", dir=os.environ.get("EVENTLY_TEST_RUN")) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user has to pass through
        yield Path(folder)
