"""Events on their way to those who listen: signed, and sent again until they are taken
(https://docs.stripe.com/webhooks)."""

import hashlib
import hmac
import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.stripe.store import Store

MOST_ATTEMPTS = 16
LONGEST_PAUSE = 60
PATIENCE = 10


@dataclass(frozen=True)
class Endpoint:
    """Where an account's events go, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Message:
    """An event that was written."""

    number: int
    account: str
    kind: str
    body: bytes


def sign(body: bytes, secret: str, *, at: float | None = None) -> str:
    """The `Stripe-Signature` header: HMAC-SHA-256 of the moment and the body."""
    moment = str(int(time.time() if at is None else at)).encode()
    digest = hmac.new(secret.encode(), moment + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment.decode()},v1={digest}"


def post(url: str, body: bytes, signature: str) -> int:
    """The status that was answered; 0 when nothing was."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
    try:
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Sender(threading.Thread):
    """Sends what is due, one after the other, until it is told to stop."""

    def __init__(self, store: Store, endpoint_of: Callable[[str], Endpoint]) -> None:
        super().__init__(daemon=True)
        self._store, self._endpoint_of = store, endpoint_of
        self._news, self._stopped = threading.Event(), False

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    def stop(self) -> None:
        """Return once nothing is sent any more."""
        self._stopped = True
        self.wake()
        self.join()

    def run(self) -> None:
        while not self._stopped:
            self._news.clear()
            if message := self._due():
                self._send(*message)
            else:
                self._news.wait(0.25)

    def _due(self) -> tuple[Message, int] | None:
        with self._store.connected() as connection:
            row = connection.execute(
                "SELECT number, account, kind, body, attempts FROM message WHERE due <= ? ORDER BY due, number LIMIT 1",
                (time.time(),),
            ).fetchone()
        return (Message(row[0], row[1], row[2], row[3].encode()), row[4]) if row else None

    def _send(self, message: Message, attempts: int) -> None:
        endpoint = self._endpoint_of(message.account)
        status = post(endpoint.url, message.body, sign(message.body, endpoint.secret)) if endpoint.url else 200
        taken = 200 <= status < 300
        again = None if taken or attempts + 1 >= MOST_ATTEMPTS else time.time() + min(2**attempts, LONGEST_PAUSE)
        with self._store.connected() as connection:
            connection.execute(
                "UPDATE message SET due = ?, attempts = attempts + 1 WHERE number = ?", (again, message.number)
            )
