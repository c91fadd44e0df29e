"""Counts of what happens in the processes of an installation, added up in Redis.

    DECISIONS = Counter("evently_booking_decisions_total", "What became of …", ["outcome"])
    DECISIONS.add("booked")

Whoever counts adds to a dictionary of its own process; every few seconds the process adds what has gathered to one
hash in Redis (`keep_reporting`). So counting costs half a microsecond, a scrape of any web process tells of them all,
and a count outlives them. Without Redis the counts wait in memory; a process that is killed takes a few seconds of them
with it. They are for curves and alerts: what must be right stands in the database.

A process also says how it stands, its pool of connections for one: `state` registers who to ask.
"""

import json
import os
import socket
import threading
import time
from bisect import bisect_left
from collections import Counter as Sums
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import structlog
from django_redis import get_redis_connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

COUNTS = "evently:counts"
STATES = "evently:states"
SECONDS = 5.0  # between two reports of a process
GONE_SECONDS = 30.0  # after which a process that says nothing is none
MICROSECONDS = 1_000_000
# Upper ends in seconds: what people take for instant, for quick, for slow, and for broken.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SEPARATOR = "\x1f"
_OVER = "+Inf"

_families: "dict[str, Counter | Histogram]" = {}
_gathered: Sums[str] = Sums()
_lock = threading.Lock()
_enough = threading.Event()
_states: list[Callable[[], dict[str, float]]] = []


class Counter:
    """Something that happens, by labels. `name` ends in _total."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str] = ()) -> None:
        self.name, self.documentation, self.labels = name, documentation, tuple(labels)
        _families[name] = self

    def add(self, *values: str, by: int = 1) -> None:
        """Count it. `values` in the order of the labels."""
        _gather({_field(self.name, values): by})

    def family(self, found: dict[str, int]) -> Metric:
        """As Prometheus wants it."""
        family = CounterMetricFamily(self.name, self.documentation, labels=self.labels)
        for field, count in found.items():
            family.add_metric(_values(field), count)
        return family


class Histogram:
    """How long something takes, by labels."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str] = ()) -> None:
        self.name, self.documentation, self.labels = name, documentation, tuple(labels)
        _families[name] = self

    def observe(self, seconds: float, *values: str) -> None:
        """Count one that took so long. `values` in the order of the labels."""
        place = bisect_left(BUCKETS, seconds)
        end = str(BUCKETS[place]) if place < len(BUCKETS) else _OVER
        bucket = _field(self.name, [*values, end])
        _gather({bucket: 1, _field(self.name, [*values, "sum"]): round(seconds * MICROSECONDS)})

    def family(self, found: dict[str, int]) -> Metric:
        """As Prometheus wants it: each bucket counts those below it too."""
        family = HistogramMetricFamily(self.name, self.documentation, labels=self.labels)
        for values in sorted({tuple(_values(field)[:-1]) for field in found}):
            counts = [found.get(_field(self.name, [*values, end]), 0) for end in [*map(str, BUCKETS), _OVER]]
            ends = [*map(str, BUCKETS), _OVER]
            buckets = list(zip(ends, map(float, accumulate(counts)), strict=True))
            family.add_metric(values, buckets, found.get(_field(self.name, [*values, "sum"]), 0) / MICROSECONDS)
        return family


def state(ask: Callable[[], dict[str, float]]) -> Callable[[], dict[str, float]]:
    """Register who says how this process stands, as figures by name: those of all processes are added up."""
    _states.append(ask)
    return ask


def flush(kind: str = "") -> None:
    """Add what has gathered to what is in Redis; with the `kind` of process also how it stands. RedisError: it waits
    until the next time."""
    taken = _take()
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for field, count in taken.items():
            pipeline.hincrby(COUNTS, field, count)
        if kind:
            pipeline.hset(STATES, _me(kind), json.dumps({"at": time.time(), **_state_of_this_process()}))
        if pipeline.command_stack:
            pipeline.execute()
    except BaseException:
        _gather(taken)
        raise


def goodbye(kind: str) -> None:
    """The last report of a process."""
    _enough.set()
    try:
        flush()
        get_redis_connection("default").hdel(STATES, _me(kind))
    except (RedisError, OSError) as error:
        log.warning("counts_lost", error=str(error))


def keep_reporting(kind: str) -> None:
    """Flush every few seconds, until `goodbye`. Once in each process."""
    _enough.clear()
    threading.Thread(target=_report_for_ever, args=(kind,), name="tally", daemon=True).start()


def families() -> Iterator[Metric]:
    """All counts, and the states of all processes. RedisError while Redis is away."""
    redis = get_redis_connection("default")
    by_name: dict[str, dict[str, int]] = {name: {} for name in _families}
    for field, count in redis.hgetall(COUNTS).items():
        name = field.decode().partition(_SEPARATOR)[0]
        if name in by_name:
            by_name[name][field.decode()] = int(count)
    for name, family in _families.items():
        yield family.family(by_name[name])
    yield from _standing(redis)


def _standing(redis) -> Iterator[Metric]:
    processes = GaugeMetricFamily("evently_processes", "Processes that have spoken in the last 30 s.", labels=["kind"])
    alive: Sums[str] = Sums()
    sums: dict[str, Sums[str]] = {}
    for who, said in redis.hgetall(STATES).items():
        figures = json.loads(said)
        if time.time() - figures.pop("at") > GONE_SECONDS:
            redis.hdel(STATES, who)
            continue
        kind = who.decode().partition(_SEPARATOR)[0]
        alive[kind] += 1
        for name, value in figures.items():
            sums.setdefault(name, Sums())[kind] += value
    for kind, count in alive.items():
        processes.add_metric([kind], count)
    yield processes
    for name, values in sorted(sums.items()):
        family = GaugeMetricFamily(name, "Of all processes of a kind, as they said last.", labels=["kind"])
        for kind, value in values.items():
            family.add_metric([kind], value)
        yield family


def _report_for_ever(kind: str) -> None:
    well = True
    while not _enough.wait(SECONDS):
        try:
            flush(kind)
            well = True
        except Exception as error:  # whatever it is, counting must go on and nobody must hear of it each time
            if well:
                log.warning("counts_wait", error=str(error))
            well = False


def _state_of_this_process() -> dict[str, float]:
    figures: dict[str, float] = {}
    for ask in _states:
        figures |= ask()
    return figures


def _gather(counts: dict[str, int]) -> None:
    with _lock:
        _gathered.update(counts)


def _take() -> dict[str, int]:
    with _lock:
        taken = dict(_gathered)
        _gathered.clear()
    return taken


def _field(name: str, values: Sequence[str]) -> str:
    return _SEPARATOR.join([name, *values])


def _values(field: str) -> list[str]:
    return field.split(_SEPARATOR)[1:]


def _me(kind: str) -> str:
    return _SEPARATOR.join([kind, socket.gethostname(), str(os.getpid())])
