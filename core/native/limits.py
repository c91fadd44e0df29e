"""Counting against the rate limits for many requests at once, in the counters that `core.limits` uses."""

import time
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.core.cache import caches
from django_ratelimit.core import EXPIRATION_FUDGE
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.batching import Batcher
from core.limits import POLICIES, Usage, counter_of, too_often, usage_of

log = structlog.get_logger(__name__)

REST_SECONDS = 5.0  # after a failure Redis is left alone: nobody who books waits for a connection that does not come
# As django-ratelimit counts: the first of a window sets the counter and its end.
COUNT = """
local counts = {}
for place, key in ipairs(KEYS) do
    counts[place] = redis.call('INCRBY', key, ARGV[place + 1])
    if counts[place] == tonumber(ARGV[place + 1]) then redis.call('EXPIRE', key, ARGV[1]) end
end
return counts
"""


class NativeLimit:
    """One policy's counters, for one event loop: a round trip to Redis counts all requests that wait for it."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._redis = Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        self._rests_until = 0.0
        self._count = self._redis.register_script(COUNT)
        self._prefix = str(caches["default"].make_key(""))
        self._counted: Batcher[tuple[str, int], int] = Batcher(self._count_all)

    async def check(self, who: str) -> Usage | None:
        """Count one request, and say what is left. Raises TooManyRequests over the limit; None while Redis is away,
        and the door is open."""
        if not settings.RATELIMIT_ENABLE:
            return None
        count = await self._counted((self._counter(who), 1))
        usage = usage_of(self._group, who, count) if count else None
        if usage and usage.left < 0:
            refusal = too_often(usage.seconds)
            refusal.usage = usage
            raise refusal
        return usage

    async def take_back(self, who: str) -> None:
        """Uncount a request that somebody else is going to count."""
        if settings.RATELIMIT_ENABLE:
            await self._counted((self._counter(who), -1))

    async def close(self) -> None:
        await self._redis.aclose()

    def _counter(self, who: str) -> str:
        return self._prefix + counter_of(self._group, who)[0]

    async def _count_all(self, changes: Sequence[tuple[str, int]]) -> list[int]:
        if time.monotonic() >= self._rests_until:
            by = [change for _, change in changes]
            try:
                ends_after = POLICIES[self._group].quota[1] + EXPIRATION_FUDGE
                return list(await self._count(keys=[key for key, _ in changes], args=[ends_after, *by]))
            except (RedisError, OSError) as error:
                self._rests_until = time.monotonic() + REST_SECONDS
                log.warning("limits_not_counted", error=str(error))
        return [0] * len(changes)
