"""The cache, and what it answers while Redis is away."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import CONNECTION_INTERRUPTED, RedisCache

# What each process counts by itself while Redis is away; of too many it forgets some.
here = LocMemCache("counted here", {"OPTIONS": {"MAX_ENTRIES": 20_000}})
GUARDED = "allauth:rl:"  # how allauth calls its counters of attempts to sign in, and the locks round them


class ForgivingCache(RedisCache):
    """Without Redis, reads miss and writes are dropped.

    allauth's counters go on in this process: a guess is a guess, and its locks refuse whoever does not get them. Of
    django-ratelimit's, which begin with an `add`, it says that nothing was counted, and `core.limits` decides.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None, client: Any = None) -> Any:
        value = self._get(key, default, version, client)
        if value is not CONNECTION_INTERRUPTED:
            return value
        return here.get(key, default) if _is_guarded(key) else default

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        done = super().set(key, value, *args, **kwargs)
        if done is None and _is_guarded(key):
            here.set(key, value, *args, **kwargs)
        return done

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        added = super().add(key, value, *args, **kwargs)
        if added is None and _is_guarded(key):
            return bool(here.add(key, value, *args, **kwargs))
        return bool(added)

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        here.delete(key) if _is_guarded(key) else None
        return super().delete(key, *args, **kwargs)


def _is_guarded(key: Any) -> bool:
    return str(key).startswith(GUARDED)
