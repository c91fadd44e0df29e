"""A worker for all lanes, as an installation of one machine has it, on the test's own database: to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import environment

LEASES = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOX_POST_LEASE_SECONDS": "4"}


class Worker:
    """With beat. `more` is for its environment; with one thread there is never more than one message on its way. `app`
    is where Celery finds the application."""

    def __init__(self, folder: Path, *, threads: int = 3, app: str = "evently", **more: str) -> None:
        self._threads, self._app = threads, app
        self._environ = environment(**LEASES, **more)
        self._beat = str(folder / "beat")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", self._app, "worker", "-B", "-Q", "celery,post,bulk"]
        command += ["-s", self._beat, "--pool", "threads", "--concurrency", str(self._threads), "-l", "warning"]
        self.process = subprocess.Popen(command, env=self._environ, start_new_session=True)

    @property
    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL: no farewell."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@contextmanager
def working(folder: Path, *, threads: int = 3, app: str = "evently", **more: str) -> Iterator[Worker]:
    """Started, and killed in the end."""
    worker = Worker(folder, threads=threads, app=app, **more)
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()
