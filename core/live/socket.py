"""One page's connection as the hub sees it: what waits to be sent to it, bounded."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from uuid import UUID

MOST_LETTERS = 64
SLOW_SECONDS = 10.0

Send = Callable[[str], Awaitable[None]]


class Socket:
    """What a page has still to be sent: of each subject the newest frame alone, and letters in their order.

    A page that does not take what it is sent for SLOW_SECONDS, or leaves MOST_LETTERS unread, is let go: `ended` says
    with which code.
    """

    def __init__(self, send: Send, *, user_id: UUID | None = None, session: str = "") -> None:
        self.user_id = user_id
        self.session = session  # the cookie's value, or empty
        self.subjects: frozenset[str] = frozenset()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._send = send
        self._frames: dict[str, str] = {}
        self._letters: deque[str] = deque()
        self._bell = asyncio.Event()
        self._sending_since: float | None = None

    def offer(self, subject: str, frame: str) -> None:
        """To be sent instead of whatever of this subject has not been sent yet."""
        self._frames[subject] = frame
        self._bell.set()

    def post(self, letter: str) -> None:
        """To be sent after what is waiting."""
        if len(self._letters) >= MOST_LETTERS:
            self.end(Close.SLOW)
            return
        self._letters.append(letter)
        self._bell.set()

    def end(self, code: int) -> None:
        """Close it, with this code, unless it is closing already."""
        if not self.ended.done():
            self.ended.set_result(code)

    async def write(self) -> None:
        """Send what comes, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            frames, self._frames = self._frames, {}
            waiting = [*frames.values(), *self._letters]
            self._letters.clear()
            self._sending_since = time.monotonic()
            for text in waiting:
                await self._send(text)
            self._sending_since = None

    def check_pace(self) -> None:
        """End it when it is too slow. To be asked now and then: a timer for each message would cost a fifth of it."""
        if self._sending_since is not None and time.monotonic() - self._sending_since > SLOW_SECONDS:
            self.end(Close.SLOW)


class Close:
    """Why we close a connection; static/js/live.js knows them too."""

    BAD_MESSAGE = 4400
    SESSION_ENDED = 4401
    SLOW = 4408
    TOO_MANY = 4429
    GOING_AWAY = 1012
    TRY_AGAIN = 1013


def frame(**content: object) -> str:
    return json.dumps(content, separators=(",", ":"))
