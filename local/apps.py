"""Runs web, workers and beat side by side: one output, one end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from local.paths import ROOT, VAR
from local.processes import end

PIDS = VAR / "pids"
GRACE = 12  # seconds to finish requests and tasks in
COLOURS = {"web": 36, "worker": 35, "post": 34, "bulk": 32, "beat": 33, "stripe": 31}


@dataclass
class App:
    name: str
    command: list[str]

    def start(self, environ: dict[str, str]) -> None:
        """In a session of its own: Ctrl-C reaches us alone, and we stop them all in good order."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        (PIDS / f"{self.name}.pid").write_text(f"{self.process.pid}\n")
        threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True).start()

    def _relay(self, output: IO[str]) -> None:
        label = f"{self.name:6} | "
        if sys.stdout.isatty():
            label = f"\033[{COLOURS[self.name]}m{label}\033[0m"
        for line in output:
            sys.stdout.write(label + line)
            sys.stdout.flush()


def run_together(apps: list[App], environ: dict[str, str], *, each_moment: Callable[[], None]) -> int:
    """Until a signal comes (0) or one of them ends by itself (1); then all of them end."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: received.append(number))
    PIDS.mkdir(parents=True, exist_ok=True)
    try:
        for app in apps:
            app.start(environ)
        while not received:
            if ended := next((app for app in apps if app.process.poll() is not None), None):
                print(
                    f"\n{ended.name} ended with exit code {ended.process.returncode}; stopping the others.",
                    flush=True,
                )
                return 1
            each_moment()
            time.sleep(0.1)
        print("\nStopping …", flush=True)
        return 0
    finally:
        stop(apps)


def stop(apps: list[App]) -> None:
    """Ask all at once, wait for each, then sweep up what they started themselves."""
    started = [app for app in apps if hasattr(app, "process")]
    for app in started:
        app.process.terminate()
    deadline = time.monotonic() + GRACE
    for app in started:
        with suppress(subprocess.TimeoutExpired):
            app.process.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(app.process.pid, signal.SIGKILL)
        app.process.wait()
        (PIDS / f"{app.name}.pid").unlink(missing_ok=True)


def end_strays(folder: Path | None = None) -> None:
    """End what a killed `make run` left behind; or another starter, whose pid files are in `folder`."""
    for pid_file in (folder or PIDS).glob("*.pid"):
        group = int(pid_file.read_text() or 0)
        for process in psutil.process_iter():
            if is_ours(process, group):
                end(process, grace=GRACE)
        pid_file.unlink(missing_ok=True)


def is_ours(process: psutil.Process, group: int) -> bool:
    """In the recorded process group, in this folder, and Evently by its command line: pids get reused.

    A web process's workers are known by Python's own words for a process that another one has spawned.
    """
    try:
        words = process.cmdline()
        named = not {"evently", "evently.asgi:application", "local.stripe"}.isdisjoint(words)
        spawned = any("multiprocessing." in word for word in words)
        return os.getpgid(process.pid) == group and Path(process.cwd()) == ROOT and (named or spawned)
    except (OSError, psutil.Error):
        return False
