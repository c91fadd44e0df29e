"""Processor time of the processes of one installation, as Linux tells it in /proc (proc(5)). Elsewhere: nothing."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Process:
    """One process, and the seconds that it and the children it has seen end have computed."""

    pid: int
    parent: int
    name: str
    seconds: float


@dataclass(frozen=True)
class Usage:
    """Seconds of processor time so far. None: not on this machine, or not to be seen from here."""

    machine: float | None
    web: dict[int, float]  # by process
    worker: float | None
    database: float | None
    ourselves: float


def usage(backend: int | None) -> Usage:
    """The time used so far. `backend` is the id of a database session's process, if the server is on this machine."""
    running = {process.pid: process for process in _all()}
    server = running.get(backend or 0)
    commands = dict(_our_commands())
    web = _with_children((pid for pid, words in commands.items() if _is_web(words)), running)
    worker = _with_children((pid for pid, words in commands.items() if _is_worker(words)), running)
    return Usage(
        machine=_machine(),
        web={pid: running[pid].seconds for pid in web},
        worker=sum(running[pid].seconds for pid in worker) if worker else None,
        database=_family(server.parent, running) if server and server.name == "postgres" else None,
        ourselves=sum(os.times()[:2]),
    )


def _all() -> Iterable[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            name, rest = folder.joinpath("stat").read_text().partition("(")[2].rsplit(")", 1)
        except OSError:  # it has ended meanwhile
            continue
        fields = rest.split()
        yield Process(int(folder.name), int(fields[1]), name, sum(map(int, fields[11:15])) / TICK)


def _our_commands() -> Iterable[tuple[int, list[str]]]:
    """The command lines of those who work in our folder: another installation may run on this machine too."""
    for folder in PROC.glob("[0-9]*"):
        try:
            if folder.joinpath("cwd").samefile(HOME):
                yield int(folder.name), folder.joinpath("cmdline").read_text().split("\0")
        except OSError:
            continue


def _is_web(words: list[str]) -> bool:
    return "evently.asgi:application" in words


def _is_worker(words: list[str]) -> bool:
    return "evently" in words and any(Path(word).name == "celery" for word in words)


def _with_children(masters: Iterable[int], running: dict[int, Process]) -> list[int]:
    """Them and all that descends from them: what workers are started by names nothing of ours."""
    found = {pid for pid in masters if pid in running}
    while more := {process.pid for process in running.values() if process.parent in found} - found:
        found |= more
    return sorted(found)


def _family(postmaster: int, running: dict[int, Process]) -> float:
    """Of a database server and all its sessions; those that ended are counted with the postmaster."""
    return sum(process.seconds for process in running.values() if postmaster in (process.pid, process.parent))


def _machine() -> float | None:
    """Busy seconds of all cores together."""
    try:
        fields = PROC.joinpath("stat").read_text().splitlines()[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, fields)
    return (user + nice + system + sum(rest[:2])) / TICK
