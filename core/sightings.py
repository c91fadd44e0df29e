"""Things too frequent to write down one by one: counted in this process, gathered in Redis, written by a worker.

`count` adds to a number in memory and nothing else. A thread of its own sends what has come together to Redis, at most
once a second. What Redis does not take is forgotten: these are counts to learn from, and nobody waits for them.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

KEY = "evently:sightings"
QUARTER = 15 * 60  # seconds: what is counted is told apart by the quarter of an hour, from a whole hour of UTC on
SECONDS_BETWEEN = 1.0
MOST_FIELDS = 20_000  # in memory; whoever makes up addresses fills nothing

Field = tuple[int, str, str, str]  # the quarter's first second since 1970, what, about what, which part of it


class Gathered:
    """The counts of one process, for all its threads and loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Field] = Counter()
        self._bell = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, what: str, about: str, parts: Iterable[tuple[str, int]]) -> None:
        """Add to the present quarter. Takes a microsecond or two, and never waits for anything outside."""
        quarter = int(time.time()) // QUARTER * QUARTER
        with self._lock:
            if len(self._counts) < MOST_FIELDS:
                for part, number in parts:
                    self._counts[quarter, what, about, part] += number
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sightings", daemon=True)
                self._thread.start()
        self._bell.set()

    def flush(self) -> None:
        """Send what has come together. Says so when that fails, and forgets it: sent again it might count twice."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with redis().pipeline(transaction=True) as pipe:
                for field, number in counts.items():
                    pipe.hincrby(KEY, "|".join(map(str, field)), number)
                pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("sightings_lost", fields=len(counts), error=str(error))

    def _work(self) -> None:
        while True:
            self._bell.wait()
            time.sleep(SECONDS_BETWEEN)
            self._bell.clear()
            self.flush()


_gathered = Gathered()


def count(what: str, about: object, parts: Iterable[tuple[str, int]] = (("", 1),)) -> None:
    """Count something, once or by parts: seats of ticket types, for one."""
    _gathered.count(what, str(about), parts)


def flush() -> None:
    """Send this process's counts now: for the end of a process, and for tests."""
    _gathered.flush()


@cache
def redis() -> Redis:
    options = {"socket_connect_timeout": 1, "socket_timeout": 1, "decode_responses": True}
    return Redis.from_url(settings.REDIS_URL, **options, retry=Retry(NoBackoff(), 0))


def read_field(text: str) -> tuple[datetime, str, str, str]:
    """When a quarter began, what was counted, about what, and which part of it. ValueError for anything else."""
    quarter, what, about, part = text.split("|")
    return datetime.fromtimestamp(int(quarter), UTC), what, about, part
