"""What a run costs this machine (CPU, memory), and what kind of machine it is."""

import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil

Processes = Mapping[str, psutil.Process]


@contextmanager
def spending(roots: Processes) -> Iterator[dict[str, float]]:
    """CPU seconds (user and system) that each root and everything below it spends during the block."""
    before = {name: cpu_seconds(root) for name, root in roots.items()}
    spent: dict[str, float] = {}
    yield spent
    spent.update({name: cpu_seconds(root) - before[name] for name, root in roots.items()})


def cpu_seconds(root: psutil.Process) -> float:
    """Of a whole tree; children that have ended count too, as far as the root has seen them end."""
    total = 0.0
    for process in tree(root):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        if process == root:
            total += times.children_user + times.children_system
    return total


def tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


@contextmanager
def watching_others(ours: Sequence[psutil.Process]) -> Iterator[dict[str, float]]:
    """How many of the cores everything but `ours` kept busy during the block: `cores`, on average."""
    begin, busy, own = time.monotonic(), busy_seconds(), sum(map(cpu_seconds, ours))
    found: dict[str, float] = {}
    yield found
    spent = busy_seconds() - busy - (sum(map(cpu_seconds, ours)) - own)
    found["cores"] = max(0.0, spent / (time.monotonic() - begin))


def busy_seconds() -> float:
    """Of all cores since the start of the machine, waiting for disks left out, other guests of its host included."""
    times = psutil.cpu_times()
    return float(sum(times[:])) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


def memory(roots: Processes) -> dict[str, list[dict[str, float]]]:
    """MB of every process: resident, and proportional (shared pages divided among their users) where known."""
    return {name: [_megabytes(process) for process in tree(root)] for name, root in roots.items()}


def _megabytes(process: psutil.Process) -> dict[str, float]:
    full = process.memory_full_info()
    return {"rss": round(full.rss / 2**20, 1), "pss": round(getattr(full, "pss", full.rss) / 2**20, 1)}


def description(postgres: str) -> dict[str, str]:
    """What figures must not be compared without."""
    memory_gb = psutil.virtual_memory().total / 2**30
    return {
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "memory": f"{memory_gb:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres,
    }


def processor() -> str:
    """The model's name on Linux; elsewhere the architecture."""
    try:
        with open("/proc/cpuinfo") as lines:
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
