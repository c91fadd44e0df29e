"""Evently's web processes as `make run` starts them, on the test's own database: to talk to, and to kill."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from local.paths import ROOT
from local.run import answers, applications

ENTRY = "evently.asgi:application"


def environment(**more: str) -> dict[str, str]:
    """For processes on the test's own database."""
    url = os.environ["DATABASE_URL"]
    base, _, query = url.partition("?")
    database = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    return {**os.environ, "DATABASE_URL": f"{database}?{query}" if query else database, **more}


def status(url: str, seconds: float = 20) -> int:
    """What one of our own addresses answers to GET; 0 where nobody does."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310  our own address
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return 0


@dataclass
class Web:
    """The web processes: one that starts the others, and these. `entry` is the ASGI application."""

    environ: dict[str, str]
    entry: str = ENTRY
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def address(self) -> str:
        return f"http://{self.environ['HOST']}:{self.environ['PORT']}"

    def start(self, seconds: float = 60) -> None:
        """Return once it answers."""
        command = next(app.command for app in applications(self.environ) if app.name == "web")
        command = [self.entry if word == ENTRY else word for word in command]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environ, start_new_session=True)
        deadline = time.monotonic() + seconds
        while not answers(f"{self.address}/livez"):
            assert self.process.poll() is None, "the web process has ended"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL for all of them at once: no farewell."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@contextmanager
def serving(environ: dict[str, str], entry: str = ENTRY) -> Iterator[Web]:
    """Started, and killed in the end. `environ` as from `environment()`."""
    web = Web({"HOST": "127.0.0.1", "PORT": str(free_port()), **environ}, entry)
    web.start()
    try:
        yield web
    finally:
        web.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
