"""A page's live connection without its page: connects to `/live` as a browser would, and remembers what it is told."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect


class LivePage:
    """`seats` holds the newest numbers by event id, `letters` what was for this person alone, `moved` lines."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seats: dict[str, dict[str, Any]] = {}
        self.letters: list[dict[str, Any]] = []
        self.moved: list[str] = []
        self.versions: list[tuple[int, float]] = []

    def show(self, *events: UUID) -> None:
        """Say which events are on the page."""
        self.connection.send(json.dumps({"events": [str(event) for event in events]}))

    def until(self, condition: Callable[["LivePage"], object], *, seconds: float = 5) -> None:
        """Listen until it holds; AssertionError when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition(self):
            self.hear(deadline - time.monotonic())

    def free(self, event: UUID, *, seconds: float = 5) -> int:
        """How many seats are free, as soon as that is known."""
        self.until(lambda page: str(event) in page.seats, seconds=seconds)
        return int(self.seats[str(event)]["free"])

    def until_free(self, event: UUID, free: int, *, seconds: float = 5) -> None:
        """Until so many are."""
        self.until(lambda page: page.seats.get(str(event), {}).get("free") == free, seconds=seconds)

    def quiet(self, seconds: float) -> list[dict[str, Any]]:
        """What came in that time, which may be nothing."""
        deadline, heard = time.monotonic() + seconds, []
        while (left := deadline - time.monotonic()) > 0:
            try:
                heard.append(self.hear(left))
            except AssertionError:
                break
        return heard

    def closed_with(self, *, seconds: float = 5) -> int:
        """The code with which the other side closes."""
        try:
            while True:
                self.hear(seconds)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def hear(self, seconds: float) -> dict[str, Any]:
        try:
            message: dict[str, Any] = json.loads(self.connection.recv(timeout=max(seconds, 0.001)))
        except TimeoutError as error:
            raise AssertionError(f"Nothing more was heard; last: {self.seats}") from error
        if message["type"] == "seats":
            self.seats[message["event"]] = message
            self.versions.append((message["version"], message["at"]))
        elif message["type"] == "mine":
            self.letters.append(message)
        elif message["type"] == "line":
            self.moved.append(message["event"])
        return message


@contextmanager
def live_page(
    address: str, *events: UUID, session: str = "", origin: str | None = "", forwarded: str = ""
) -> Iterator[LivePage]:
    """Connected, and showing these events. `address` as http://…; its own `origin` unless another or None is given;
    `forwarded` as a proxy would say it."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    headers |= {"X-Forwarded-For": forwarded} if forwarded else {}
    url = address.replace("http", "ws", 1) + "/live"
    asked: Any = address if origin == "" else origin
    with connect(url, origin=asked, additional_headers=headers, open_timeout=10, close_timeout=2) as connection:
        page = LivePage(connection)
        if events:
            page.show(*events)
        yield page
