"""A web process's one subscription to Redis, kept alive, and its way to publish."""

import asyncio
from typing import Any, Protocol

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.live.messages import Message, channel, decode, encode

log = structlog.get_logger(__name__)

QUIET_SECONDS = 5.0  # after which Redis is asked whether it is still there
AGAIN_SECONDS = 0.5  # between attempts to reach it


class Listener(Protocol):
    """What is told of the channel: core.live.hub.Hub."""

    def hear(self, message: Message) -> None: ...
    def connected(self) -> None: ...
    def lost(self) -> None: ...


class Bus:
    """For one event loop. While `is_connected`, everything published since `Listener.connected` has been heard."""

    def __init__(self, url: str, listener: Listener) -> None:
        options: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 2, "retry": Retry(NoBackoff(), 0)}
        self.redis = Redis.from_url(url, **options)
        self.channel = channel(url)
        self.is_connected = False
        self._listener = listener

    async def publish(self, message: Message) -> bool:
        """False when Redis did not take it."""
        try:
            await self.redis.publish(self.channel, encode(message))
        except (RedisError, OSError):
            return False
        return True

    async def run(self) -> None:
        """Listen, and listen again, until cancelled."""
        while True:
            try:
                async with self.redis.pubsub() as pubsub:
                    await pubsub.subscribe(self.channel)
                    await self._listen(pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                if self.is_connected:
                    log.warning("live_bus_lost", error=str(error))
            if self.is_connected:
                self.is_connected = False
                self._listener.lost()
            await asyncio.sleep(AGAIN_SECONDS)

    async def close(self) -> None:
        await self.redis.aclose()

    async def _listen(self, pubsub: PubSub) -> None:
        """Raises when the connection breaks, or stays silent when asked."""
        asked = False
        while True:
            heard = await pubsub.get_message(timeout=QUIET_SECONDS)
            if heard is None:
                if asked:
                    raise TimeoutError("Redis does not answer.")
                await pubsub.ping()
            elif heard["type"] == "subscribe":
                self.is_connected = True
                self._listener.connected()
            elif heard["type"] == "message":
                self._tell(heard["data"])
            asked = heard is None

    def _tell(self, data: bytes) -> None:
        try:
            message = decode(data)
        except (ValueError, TypeError) as error:
            log.warning("live_message_unread", error=str(error))
            return
        if message:
            self._listener.hear(message)
