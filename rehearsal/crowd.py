"""A crowd of HTTP clients in one thread, light enough to share a machine with the server it measures.

    crowd = rush("http://127.0.0.1:8000", [Call("GET", "/livez")] * 1000, connections=1000)
    crowd.statuses, crowd.per_second, crowd.percentile(99)

With as many connections as calls all arrive *at once*; with fewer, each connection sends its next call when its last
one is answered (*steady*). Whatever goes wrong with a connection is counted by kind, never raised.
"""

import math
import resource
import selectors
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rehearsal.connections import Address, Connection, Failed

MOST_CONNECTIONS = 10_000
SPARE_FILES = 200  # for whatever else this process has open
OPENED_IN_A_ROW = 64  # before looking who was answered: else an answer would look slow because nobody read it


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `headers` need neither Host, unless it is another than the address's, nor Content-Length."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def bytes(self, host: str) -> bytes:
        headers = {"Host": host, **self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if self.body or self.method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(slots=True)
class Answer:
    """What came of the call that was sent as number `index` (from 0).

    `seconds` are from its connect, or from its send on a connection that was open, to its last byte. Without an
    answer `status` is 0 and `error` says why: refused, reset, closed, timeout, malformed, …
    """

    index: int
    status: int
    seconds: float
    body: bytes
    error: str


@dataclass
class Crowd:
    """All answers, in the order they came. `took`: seconds from the first connect to the last answer."""

    answers: list[Answer]
    took: float

    @property
    def per_second(self) -> float:
        """Answers a second; what failed does not count."""
        return len(self.latencies) / self.took if self.took else 0.0

    @cached_property
    def latencies(self) -> list[float]:
        """Seconds of every answered call, shortest first."""
        return sorted(answer.seconds for answer in self.answers if not answer.error)

    def percentile(self, percent: float) -> float:
        """The seconds within which so many of a hundred were answered (nearest rank); 0.0 when none was."""
        rank = math.ceil(len(self.latencies) * percent / 100)
        return self.latencies[max(rank, 1) - 1] if self.latencies else 0.0

    @cached_property
    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers if not answer.error)

    @cached_property
    def errors(self) -> Counter[str]:
        return Counter(answer.error for answer in self.answers if answer.error)


def rush(
    address: str,
    calls: Sequence[Call],
    *,
    connections: int,
    seconds: float = 600,
    pace: float | None = None,
    patience: float = 30,
    repeat: bool = False,
    bodies: bool = True,
) -> Crowd:
    """Send `calls` to `address` (`http://host:port`, or https) over at most so many connections at a time.

    No call is started after `seconds`, nor sooner than `pace` a second allows. One that is not answered within
    `patience` seconds counts as a timeout. `repeat` goes round the calls until the time is up. `bodies=False` keeps no
    bodies. Raises ValueError for more than 10,000 connections, and OSError when the address is unknown or the system
    allows too few open files; nothing of what happens afterwards.
    """
    connections = min(connections, MOST_CONNECTIONS + 1 if repeat else len(calls))
    if not calls or not 0 < connections <= MOST_CONNECTIONS:
        raise ValueError(f"A crowd needs 1 to {MOST_CONNECTIONS} connections and as many calls.")
    _allow_files(connections + SPARE_FILES)
    target = Address(address)
    prepared = [(call.method, call.bytes(target.host)) for call in calls]
    plan = _Plan(prepared, seconds=seconds, pace=pace, repeat=repeat)
    return _Rush(target, plan, connections=connections, patience=patience, bodies=bodies).run()


class _Plan:
    """Which call is next, and when it may start."""

    def __init__(self, calls: list[tuple[str, bytes]], *, seconds: float, pace: float | None, repeat: bool):
        self.calls = calls
        self.pace = pace
        self.count = 0
        self.most = math.inf if repeat else len(calls)
        self.seconds = seconds
        self.begin = time.perf_counter()

    def start(self) -> None:
        self.begin = time.perf_counter()

    def wait(self, now: float) -> float | None:
        """Seconds until the next call may start; None when there is none any more."""
        if self.count >= self.most or now - self.begin >= self.seconds:
            return None
        return max(0.0, self.begin + self.count / self.pace - now) if self.pace else 0.0

    def take(self) -> tuple[int, str, bytes]:
        index = self.count
        self.count += 1
        return index, *self.calls[index % len(self.calls)]


class _Rush:
    """The loop: start what is due, read what came, give up on what is late."""

    def __init__(self, address: Address, plan: _Plan, *, connections: int, patience: float, bodies: bool):
        self.address = address
        self.plan = plan
        self.most = connections
        self.patience = patience
        self.bodies = bodies
        self.busy: dict[Connection, None] = {}  # in the order they were sent, so the first is the latest
        self.idle: deque[Connection] = deque()
        self.answers: list[Answer] = []
        self.last = 0.0

    def run(self) -> Crowd:
        with selectors.DefaultSelector() as self.selector:
            self.plan.start()
            self.last = self.plan.begin
            while (wait := self._start_due()) is not None or self.busy:
                for key, _ in self.selector.select(self._patience(wait)):
                    self._on_ready(key.data)
                self._give_up_on_late()
            for connection in self.idle:
                connection.close()
        return Crowd(self.answers, self.last - self.plan.begin)

    def _start_due(self) -> float | None:
        """Start what may start now; the seconds to the next, or None when only answers are awaited."""
        for _ in range(OPENED_IN_A_ROW):
            wait = self.plan.wait(time.perf_counter())
            if wait != 0.0:
                return wait
            if not self.idle and len(self.busy) >= self.most:
                return math.inf
            self._send_next()
        return 0.0

    def _send_next(self) -> None:
        everyone_came = len(self.busy) + len(self.idle) >= self.most
        connection = self.idle.pop() if everyone_came else Connection(self.address, self.selector)
        index, method, data = self.plan.take()
        self.busy[connection] = None
        try:
            connection.send(index, method, data)
        except Failed as failure:
            self._finish(connection, 0, b"", failure.kind)

    def _patience(self, wait: float | None) -> float:
        """Never longer than a second: late ones are looked for as often."""
        return min(1.0, 1.0 if wait is None else wait)

    def _on_ready(self, connection: Connection) -> None:
        if connection not in self.busy:  # idle, and the server has closed it
            self.idle.remove(connection)
            connection.close()
            return
        try:
            answered = connection.go_on()
        except Failed as failure:
            self._finish(connection, 0, b"", failure.kind)
        else:
            if answered:
                self._finish(connection, *answered, "")

    def _finish(self, connection: Connection, status: int, body: bytes, error: str) -> None:
        self.last = time.perf_counter()
        kept = body if self.bodies else b""
        self.answers.append(Answer(connection.index, status, self.last - connection.since, kept, error))
        del self.busy[connection]
        if error or not connection.stays:
            connection.close()
        else:
            self.idle.append(connection)

    def _give_up_on_late(self) -> None:
        latest = time.perf_counter() - self.patience
        for connection in list(self._sent_before(latest)):
            self._finish(connection, 0, b"", "timeout")

    def _sent_before(self, moment: float) -> Iterator[Connection]:
        for connection in self.busy:
            if connection.since > moment:
                return
            yield connection


def _allow_files(count: int) -> None:
    """Raise this process's soft limit of open files; OSError when the hard one is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise OSError(f"{count} open files are needed here, and the system allows {hard}: raise `ulimit -n`.")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
