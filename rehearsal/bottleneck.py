"""What held the rush back, in a sentence: the first of these that was at its limit."""

from rehearsal.watch import Seen

BUSY = 0.85  # of a core, or of all of them: beyond this, waiting times rise steeply
LATE = 1.1  # times as long as the pace alone would take, and a second for the last answers
OFTEN = 0.5  # sessions that wait for the same thing, on average


def bottleneck(seen: Seen, *, pace: float | None, requests: int, took: float) -> str:
    """Name it, with the figures it is concluded from. `took`: seconds from the first request to the last answer."""
    if pace and took <= LATE * requests / pace + 1:
        return f"None: the installation kept up with the pace of {pace:g} requests a second. {_loads(seen)}"
    return (
        _client(seen)
        or _processor(seen)
        or _web(seen)
        or _lock(seen)
        or _commit(seen)
        or f"Nothing that can be seen from here was at its limit: look at the network and the proxy. {_loads(seen)}"
    )


def _client(seen: Seen) -> str:
    if seen.ourselves < BUSY:
        return ""
    return f"This load client: it kept a core busy, so the installation can do more than this shows. {_loads(seen)}"


def _processor(seen: Seen) -> str:
    """All cores busy: name who kept them so."""
    if seen.machine is None or seen.machine < BUSY * seen.cores:
        return ""
    parts = {
        "the web processes": sum(seen.web),
        "the worker": seen.worker or 0.0,
        "the database": seen.database or 0.0,
        "this client": seen.ourselves,
    }
    parts["other programs"] = seen.machine - sum(parts.values())
    most = max(parts, key=lambda name: parts[name])
    return f"The processor: all of it was in use, most by {most}. {_loads(seen)}"


def _web(seen: Seen) -> str:
    """Python computes on one core in each process, so a process is full while the machine is not."""
    if not seen.web or seen.web[0] < BUSY:
        return ""
    return f"The web processes: the busiest used {seen.web[0]:.0%} of the one core it can. {_loads(seen)}"


def _lock(seen: Seen) -> str:
    waiting = seen.sessions.get("lock", 0.0)
    if waiting < OFTEN or waiting < seen.sessions.get("commit", 0.0):
        return ""
    return f"The event's inventory: on average {waiting:.1f} database sessions waited for its lock. {_loads(seen)}"


def _commit(seen: Seen) -> str:
    waiting = seen.sessions.get("commit", 0.0)
    if waiting < OFTEN:
        return ""
    return f"The database's disk: on average {waiting:.1f} sessions waited until a commit was durable. {_loads(seen)}"


def _loads(seen: Seen) -> str:
    """'Of 2 cores: web 0.92, database 0.31, this client 0.12. Database sessions: commit 0.2, lock 0.4.'"""
    cores = [
        f"web {sum(seen.web):.2f}" if seen.web else "web elsewhere",
        "database elsewhere" if seen.database is None else f"database {seen.database:.2f}",
        *([] if seen.worker is None else [f"worker {seen.worker:.2f}"]),
        f"this client {seen.ourselves:.2f}",
    ]
    if seen.machine is not None:
        cores.append(f"all together {seen.machine:.2f}")
    sessions = [f"{kind} {count:.1f}" for kind, count in sorted(seen.sessions.items())]
    waits = f" Database sessions: {', '.join(sessions)}." if sessions else ""
    return f"Of {seen.cores} cores: {', '.join(cores)}.{waits}"
