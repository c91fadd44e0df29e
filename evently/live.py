"""Live updates, put together: who reads for the hub, and who says who people are."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from accounts.sessions import signed_in
from core.live.door import PATH, LiveDoor
from core.live.hub import Hub
from events.live import read_newest


class Live:
    """ASGI application for WebSockets. For one event loop, which is known when the first page connects."""

    def __init__(self) -> None:
        self._hub: Hub | None = None
        self._door: LiveDoor | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] != PATH:
            await receive()
            await send({"type": "websocket.close", "code": 4404})
            return
        await self._opened()(scope, receive, send)

    def pages(self) -> int:
        """How many are connected here."""
        return len(self._hub.sockets) if self._hub else 0

    async def close(self) -> None:
        """Say good-bye to all pages."""
        if self._hub:
            await self._hub.close()

    def _opened(self) -> LiveDoor:
        if self._door is None:
            self._hub = Hub(settings.REDIS_URL, read=_read, find_people=_find_people)
            self._hub.start()
            self._door = LiveDoor(self._hub)
        return self._door


def _people(sessions: Collection[str]) -> dict[str, UUID]:
    return {key: found.user_id for key, found in signed_in(sessions, timezone.now()).items()}


_find_people = database_sync_to_async(_people, thread_sensitive=False)
_read = database_sync_to_async(read_newest, thread_sensitive=False)
