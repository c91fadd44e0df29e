"""Whose turn it is to read a subject: one process at a time in all the installation, and only every so often."""

from collections.abc import Sequence

from redis.asyncio import Redis

# For each subject 0, or the milliseconds that are left of the turn. Whoever took one is told to everybody in the same
# step, so that the order of marks and turns on the channel is the order in which they happened.
TAKE = """
local waits, taken = {}, {}
for place, key in ipairs(KEYS) do
    if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then
        waits[place] = 0
        taken[#taken + 1] = ARGV[3 + place]
    else
        waits[place] = math.max(redis.call('PTTL', key), 1)
    end
end
if #taken > 0 then
    redis.call('PUBLISH', ARGV[3], cjson.encode({taken = {ARGV[1], taken}}))
end
return waits
"""


class Turns:
    """For one process, which is called `name`. A turn lasts `seconds`, or as long as its reading takes; at most `lost`,
    when whoever took it must have died."""

    def __init__(self, redis: Redis, channel: str, name: str, *, seconds: float, lost: float) -> None:
        self._redis, self._channel, self._name = redis, channel, name
        self._seconds, self._lost = seconds, lost
        self._take = redis.register_script(TAKE)

    async def take(self, subjects: Sequence[str]) -> dict[str, float]:
        """The seconds after which to ask again, for each; 0 where the turn is ours. Raises RedisError or OSError."""
        most = int(self._lost * 1000)
        waits = await self._take(keys=self._keys(subjects), args=[self._name, most, self._channel, *subjects])
        return {subject: min(wait / 1000, self._seconds) for subject, wait in zip(subjects, waits, strict=True)}

    async def end(self, subjects: Sequence[str], *, after: float) -> None:
        """What was read has been told, so many seconds after the turn was taken. Raises RedisError or OSError."""
        left = max(int((self._seconds - after) * 1000), 1)
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key in self._keys(subjects):
                pipeline.pexpire(key, left)
            await pipeline.execute()

    def _keys(self, subjects: Sequence[str]) -> list[str]:
        return [f"{self._channel}:turn:{subject}" for subject in subjects]
