"""The web processes of `make run`, and its worker, with their output in a file."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from local.bench import machine
from local.paths import ROOT, LocalError
from local.run import answers, applications

PATIENCE = 60  # seconds to start or to stop in


@contextmanager
def running(environ: Mapping[str, str], names: tuple[str, ...], log: Path) -> Iterator[list[psutil.Process]]:
    """The applications whose names begin so, exactly as `make run` starts them; stopped after the block.

    Pid files beside `log` lead a later run to what is left if this one is killed.
    """
    started: dict[Path, subprocess.Popen[bytes]] = {}
    with log.open("wb") as output:
        try:
            for app in applications(dict(environ)):
                if app.name.startswith(names):
                    process = _start(app.command, environ, output.fileno())
                    note = log.with_name(f"{log.stem}-{app.name}.pid")
                    note.write_text(str(process.pid))
                    started[note] = process
            yield [psutil.Process(process.pid) for process in started.values()]
        finally:
            for note, process in started.items():
                _stop(process)
                note.unlink(missing_ok=True)


def _start(command: list[str], environ: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches us alone."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(address: str, web: psutil.Process, log: Path) -> None:
    """Until all of them are up and rest. LocalError with their last words when they end instead."""
    deadline = time.monotonic() + PATIENCE
    while not answers(f"{address}/readyz"):
        if not web.is_running() or web.status() == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
            raise LocalError(f"The web processes did not start:\n{log.read_text()[-1500:]}")
        time.sleep(0.1)
    while seconds_spent_in(0.5, web) > 0.1 and time.monotonic() < deadline:
        pass  # the first one answers, and others still load


def seconds_spent_in(pause: float, root: psutil.Process) -> float:
    with machine.spending({"": root}) as spent:
        time.sleep(pause)
    return spent[""]
