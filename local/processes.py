"""Which process is ours, and how it is stopped. A number in a pid file proves nothing: pids are reused."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil


def server_in(folder: Path, *, pid_file: Path, names: tuple[str, ...]) -> psutil.Process | None:
    """The live server of `pid_file`: it must bear one of `names` and work in `folder`, as ours do."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = process.name().startswith(names) and Path(process.cwd()).samefile(folder)
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if ours and is_alive(process) else None


def names_a_live_process(pid_file: Path) -> bool:
    try:
        return psutil.pid_exists(int(pid_file.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return False


def is_anyone_in(folder: Path, *, names: tuple[str, ...]) -> bool:
    """Whether a process of one of these names works in `folder`, recorded or not."""
    for process in psutil.process_iter():
        try:
            if process.name().startswith(names) and Path(process.cwd()).samefile(folder) and is_alive(process):
                return True
        except (OSError, psutil.Error):
            continue
    return False


def is_alive(process: psutil.Process) -> bool:
    """A zombie has stopped; only its parent hasn't looked yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def end(process: psutil.Process, *, grace: float) -> None:
    """Ask with SIGTERM, insist with SIGKILL."""
    for signal_it, patience in ((process.terminate, grace), (process.kill, 5)):
        try:
            signal_it()
        except psutil.NoSuchProcess:
            return
        if wait_until(lambda: not is_alive(process), seconds=patience):
            return
