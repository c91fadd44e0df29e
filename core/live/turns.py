"""Whose turn it is to read a subject: one process at a time in all the installation, and only every so often."""

from collections.abc import Sequence

from redis.asyncio import Redis

# For each subject 0, or the milliseconds until the next turn; those who took one are told to everybody in the same
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
    """For one process, which is called `name`."""

    def __init__(self, redis: Redis, channel: str, name: str, *, seconds: float) -> None:
        self._channel, self._name = channel, name
        self._milliseconds = int(seconds * 1000)
        self._take = redis.register_script(TAKE)

    async def take(self, subjects: Sequence[str]) -> dict[str, float]:
        """The seconds that each has to wait for: 0 where the turn is ours. Raises RedisError or OSError."""
        keys = [f"{self._channel}:turn:{subject}" for subject in subjects]
        waits = await self._take(keys=keys, args=[self._name, self._milliseconds, self._channel, *subjects])
        return {subject: wait / 1000 for subject, wait in zip(subjects, waits, strict=True)}
