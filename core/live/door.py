"""The one address of sockets: who may connect, what they may say, and when they are shown out.

A plain ASGI application. All a page says is which subjects it shows: `{"events": ["<id>", …]}`, again whenever that
changes. Everything else comes from here.
"""

import asyncio
import json
import re
import time
from collections import Counter
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http.cookie import parse_cookie

from core.batching import Batcher
from core.limits import SOCKETS, address_seen, network_of
from core.live.ending import end
from core.live.hub import Hub
from core.live.socket import Close, Socket
from core.native.request import is_our_host, is_secure
from core.origin import is_ours, own_origins

log = structlog.get_logger(__name__)

PATH = "/live"
MOST_SUBJECTS = 60
LONGEST_MESSAGE = 4096
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SESSION = re.compile(r"[0-9a-z]{8,40}")


class LiveDoor:
    """For one event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._connections: Counter[str] = Counter()  # by network address and by person
        self._people: Batcher[str, UUID | None] = Batcher(self._find_people)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        ours = _is_ours(scope, headers)
        if ours is False:
            await send({"type": "websocket.close", "code": 4403})
            return
        # A program that does not say where it comes from may know what everybody may, and nobody's own things.
        session = _session(headers) if ours else ""
        await send({"type": "websocket.accept"})
        try:
            user_id = await self._people(session) if session else None
        except (DatabaseError, InterfaceError) as error:
            log.warning("live_nobody_known", error=str(error))
            await _close(send, Close.TRY_AGAIN)
            return
        keys = [_network(scope, headers), *([str(user_id)] if user_id else [])]
        if self._is_full(keys):
            await _close(send, Close.TOO_MANY)
            return
        self._connections.update(keys)
        try:
            await self._attend(_socket(send, user_id, session), receive, send)
        finally:
            self._connections.subtract(keys)
            self._connections += Counter()  # forgets who has gone

    def _is_full(self, keys: list[str]) -> bool:
        mosts = (settings.LIVE_PER_ADDRESS, SOCKETS.per_person)
        many = any(self._connections[key] >= most for key, most in zip(keys, mosts, strict=False))
        return many or len(self._hub.sockets) >= SOCKETS.per_process

    async def _attend(self, socket: Socket, receive: Any, send: Any) -> None:
        """Until the page goes or is shown out."""
        self._hub.join(socket)
        tasks = [asyncio.create_task(self._listen(socket, receive)), asyncio.create_task(socket.write())]
        try:
            over: list[asyncio.Future[Any]] = [*tasks, socket.ended]
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(socket)
            for error in await end(tasks):
                if not isinstance(error, OSError):  # a page that goes while it is written to is no error
                    log.error("live_page_failed", exc_info=error)
        if socket.ended.done():
            await _close(send, socket.ended.result())

    async def _listen(self, socket: Socket, receive: Any) -> None:
        allowance, last = float(SOCKETS.messages), time.monotonic()
        while (message := await receive())["type"] == "websocket.receive":
            now = time.monotonic()
            allowance, last = min(SOCKETS.messages, allowance + (now - last) * SOCKETS.messages_per_second), now
            if allowance < 1:
                return socket.end(Close.TOO_MANY)
            allowance -= 1
            subjects = _subjects(message.get("text") or "")
            if subjects is None:
                return socket.end(Close.BAD_MESSAGE)
            self._hub.watch(socket, subjects)
        return None

    async def _find_people(self, sessions: Any) -> list[UUID | None]:
        found = await self._hub.find_people(set(sessions))
        return [found.get(session) for session in sessions]


def _is_ours(scope: dict[str, Any], headers: dict[str, str]) -> bool | None:
    """As core.origin says it of forms; not ours either is what comes to a host that we are not."""
    host = headers.get("host", "")
    if not is_our_host(host):
        return False
    secure = is_secure("https" if scope["scheme"] in ("wss", "https") else "http", headers)
    own = own_origins(scheme="https" if secure else "http", host=host)
    return is_ours(site=headers.get("sec-fetch-site"), origin=headers.get("origin"), own=own)


def _session(headers: dict[str, str]) -> str:
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    return key if _SESSION.fullmatch(key) else ""


def _network(scope: dict[str, Any], headers: dict[str, str]) -> str:
    peer = scope["client"][0] if scope.get("client") else ""
    return network_of(address_seen(headers.get("x-forwarded-for"), peer))


def _socket(send: Any, user_id: UUID | None, session: str) -> Socket:
    async def send_text(text: str) -> None:
        await send({"type": "websocket.send", "text": text})

    return Socket(send_text, user_id=user_id, session=session if user_id else "")


def _subjects(text: str) -> list[str] | None:
    """What a page says it shows; None for anything else."""
    if len(text) > LONGEST_MESSAGE:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match said:
        case {"events": [*subjects]} if len(subjects) <= MOST_SUBJECTS and len(said) == 1:
            return subjects if all(isinstance(one, str) and _ID.fullmatch(one) for one in subjects) else None
    return None


async def _close(send: Any, code: int) -> None:
    """Say why, to whoever still listens."""
    try:
        async with asyncio.timeout(1):
            await send({"type": "websocket.close", "code": code})
    except (OSError, TimeoutError):
        pass
