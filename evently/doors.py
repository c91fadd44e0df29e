"""The doors that answer in the event loop, in front of everything that goes to Django."""

from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from bookings.counter import Counter
from bookings.door import BookingDoor, is_booking
from bookings.form_door import FormDoor, is_choice
from core.native.answer import NativeAnswer, json_answer
from core.native.limits import NativeLimit
from core.native.request import NativeRequest, plain_request, replay
from core.native.turnstile import Turnstile
from core.rest.problems import MEDIA_TYPE, problem
from evently.bodies import MOST_SECONDS, TOO_SLOW, refuse

log = structlog.get_logger(__name__)

Door = BookingDoor | FormDoor


class Rooms:
    """What the doors lead to."""

    def __init__(self) -> None:
        self.turnstile = Turnstile()
        self.counter = Counter()
        self.limit = NativeLimit("book")
        self.bookings = BookingDoor(self.counter, self.limit)
        self.forms = FormDoor(self.counter, self.limit)


class NativeDoors:
    """ASGI application: what no door takes goes on to `app`. For one event loop, which is known when the first
    request comes."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._rooms: Rooms | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        door = self._door(scope)
        if door is None:
            await self._app(scope, receive, send)
            return
        await self._opened().turnstile.enter()
        if (call := plain_request(scope)) is None:
            await self._app(scope, receive, send)
            return
        try:
            if not await call.read_body(receive, seconds=MOST_SECONDS):
                return
        except TimeoutError:
            await refuse(send, TOO_SLOW)
            return
        if answer := await _answer(door, call):
            scope["route"] = door.route
            await answer.send(call, send)
        else:
            await self._app(scope, replay(call.body, receive), send)

    def waiting(self) -> int:
        """How many orders wait to be decided."""
        return self._rooms.counter.waiting if self._rooms else 0

    async def close(self) -> None:
        """Decide what waits, then let go of the connections."""
        if self._rooms:
            await self._rooms.counter.close()
            await self._rooms.limit.close()

    def _door(self, scope: dict[str, Any]) -> Door | None:
        if is_booking(scope):
            return self._opened().bookings
        return self._opened().forms if is_choice(scope) else None

    def _opened(self) -> Rooms:
        self._rooms = self._rooms or Rooms()
        return self._rooms


async def _answer(door: Door, call: NativeRequest) -> NativeAnswer | None:
    try:
        return await door.answer(call)
    except (OperationalError, InterfaceError) as error:
        log.warning("database_away", path=call.path, error=str(error))
        return door.busy()
    except Exception:
        log.exception("door_failed", path=call.path)
        answer = json_answer(500, problem(500, detail="Something went wrong on our side."))
        answer.headers["content-type"] = MEDIA_TYPE
        return answer
