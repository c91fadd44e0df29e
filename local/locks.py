"""File locks. The kernel lets go of them when their holder dies, however it dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.paths import LocalError


def try_lock(path: Path) -> IO[str] | None:
    """The open, locked file (close it to let go), or None when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path, *, wait: float = 120) -> Iterator[None]:
    """Hold `path` alone; others who want it wait for their turn."""
    deadline = time.monotonic() + wait
    while (file := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise LocalError(f"{path} has been locked by another process for {wait:.0f} seconds.")
        time.sleep(0.05)
    with file:
        yield


def shared(path: Path) -> IO[str]:
    """The open file, locked together with all others who use the same thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def become_alone(file: IO[str]) -> bool:
    """True when nobody else shares `file` any more."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
