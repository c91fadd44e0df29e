"""Guests who book, pay and cancel through whatever happens: each tries again until there is a definite answer."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_server import press

GUESTS_AT_ONCE = 6
PATIENCE = 120  # seconds after which a guest gives up, and the test fails
AGAIN = 0.2
UNANSWERED = 0


@dataclass(frozen=True)
class Guest:
    """Who wants one ticket of a type. Every third who gets one gives it back."""

    number: int
    id: str
    email: str
    token: str
    event: str
    ticket_type: str

    @property
    def changes_their_mind(self) -> bool:
        return self.number % 3 == 0


@dataclass(frozen=True)
class Told:
    """What a guest was told in the end: of which booking, and how it ended for them."""

    guest: Guest
    booking: str
    status: str
    paid: bool


@dataclass
class Load:
    """`tries`: when each request was sent, and the status it got, or UNANSWERED."""

    address: str
    tries: list[tuple[float, int]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def failed(self) -> list[float]:
        """When requests were sent that nobody answered, or the server could not."""
        return [at for at, status in self.tries if status == UNANSWERED or status >= 500]

    def come(self, guests: Sequence[Guest], offset: int) -> None:
        """One after another, until it ends."""
        for guest in guests[offset::GUESTS_AT_ONCE]:
            if self.ends.is_set():
                return
            if told := self._visit(guest):
                self.told.append(told)

    def _visit(self, guest: Guest) -> Told | None:
        items = [{"ticket_type": guest.ticket_type, "quantity": 1}]
        status, booking = self._ask(guest, "POST", "/api/bookings", {"event": guest.event, "items": items})
        if status == 409:
            return None  # sold out
        assert status == 201, (status, booking)
        paid = booking["status"] == "pending"
        if paid:
            status, payment = self._ask(guest, "POST", f"/api/bookings/{booking['id']}/pay", {"method": "card"})
            assert status in (200, 201), (status, payment)
            assert press(payment["url"], "pay")[0] in (302, 303)
        if guest.changes_their_mind:
            status, answer = self._ask(guest, "DELETE", f"/api/bookings/{booking['id']}")
            assert status in (200, 409), (status, answer)
        return Told(guest, booking["id"], "cancelled" if guest.changes_their_mind else "confirmed", paid)

    def _ask(self, guest: Guest, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """The first definite answer."""
        until = time.monotonic() + PATIENCE
        while True:
            at = time.monotonic()
            status, said = self._try(guest, method, path, body)
            self.tries.append((at, status))
            if status != UNANSWERED and status < 500:
                return status, said
            assert time.monotonic() < until, f"{method} {path} was never answered: {said}"
            time.sleep(AGAIN)

    def _try(self, guest: Guest, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        headers = {"Authorization": f"Bearer {guest.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": f"of guest {guest.number}"} if path == "/api/bookings" else {}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if answer.status < 500 else text
        except (OSError, http.client.HTTPException, ValueError) as error:
            return UNANSWERED, error
        finally:
            connection.close()


@contextmanager
def loading(address: str, guests: Sequence[Guest]) -> Iterator[Load]:
    """Guests come while the block runs; it returns once those who are there have their answers."""
    load = Load(address)
    with ThreadPoolExecutor(GUESTS_AT_ONCE) as pool:
        coming: list[Future[None]] = [pool.submit(load.come, guests, offset) for offset in range(GUESTS_AT_ONCE)]
        try:
            yield load
        finally:
            load.ends.set()
    for one in coming:
        one.result()
