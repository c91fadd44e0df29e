"""The cache, and what it answers while Redis is away."""

from typing import Any

from django_redis.cache import RedisCache


class ForgivingCache(RedisCache):
    """Without Redis, reads miss, writes are dropped, and `add` says yes.

    Rate limits take a lock by `add`, and allauth's refuse whoever does not get it: with a plain "no",
    nobody could sign in while Redis is away. With a yes they find no attempts on record, and let in.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        added = super().add(*args, **kwargs)
        return True if added is None else added  # None: Redis was not there to say yes or no
