"""The doors that answer in the event loop, in front of everything that goes to Django."""

from typing import Any

import structlog

from bookings.counter import Counter
from bookings.door import BookingDoor, is_booking
from core.native.answer import NativeAnswer, json_answer
from core.native.request import NativeRequest, give_back, is_plain, read
from core.rest.problems import MEDIA_TYPE, problem

log = structlog.get_logger(__name__)


class NativeDoors:
    """ASGI application: what no door takes goes on to `app`. For one event loop, which is known when the first
    request comes."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._counter: Counter | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_booking(scope) and is_plain(scope):
            call = await read(scope, receive)
            if answer := await self._answer(call):
                await answer.send(call, send)
                return
            receive = give_back(call, receive)
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Decide what waits, then let go of the connections."""
        if self._counter:
            await self._bookings.close()
            await self._counter.close()

    async def _answer(self, call: NativeRequest) -> NativeAnswer | None:
        if self._counter is None:
            self._counter = Counter()
            self._bookings = BookingDoor(self._counter)
        try:
            return await self._bookings.answer(call)
        except Exception:
            log.exception("door_failed", path=call.path)
            answer = json_answer(500, problem(500, detail="Something went wrong on our side."))
            answer.headers["content-type"] = MEDIA_TYPE
            return answer
