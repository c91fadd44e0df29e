"""The server as its owner sees it: start and stop, what a customer does on the page, what becomes of money."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.environment import own_address
from local.stripe import refunds, sessions
from local.stripe.api import Api
from local.stripe.faults import Faults
from local.stripe.handler import handler
from local.stripe.refusals import Refusal, wrong_key
from local.stripe.store import Object, Store, Work
from local.stripe.webhooks import Endpoint, Message, Sender, post, sign


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


@dataclass
class StripeServer:
    """`accounts`: by secret key, where their events go; an empty address hears nothing. `public` is where browsers find
    the pages, if not where it listens. `welcoming`: any other test key is an account's too, which hears nothing."""

    file: Path
    accounts: dict[str, Endpoint]
    host: str = "127.0.0.1"
    port: int = 0
    public: str = ""
    welcoming: bool = False
    faults: Faults = field(default_factory=Faults)

    def start(self) -> None:
        """Listen, and send what is due."""
        self.store = Store(self.file)
        self._http = _Http((self.host, self.port), handler(self))
        self.port = self._http.server_port
        self.api = Api(self.store, self.public or self.url)
        self._sender = Sender(self.store, self._endpoint)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self._sender.start()

    def stop(self) -> None:
        """Whoever hangs goes free; what was not sent is sent after the next start."""
        self.faults.clear()
        self._http.shutdown()
        self._http.server_close()
        self._sender.stop()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where programs find it."""
        return own_address(self.host, self.port)

    def account(self, key: str) -> str:
        """Whose key it is."""
        if key not in self.accounts and not (self.welcoming and key.startswith(("sk_test_", "rk_test_"))):
            raise wrong_key(key)
        return _account(key)

    def wake(self) -> None:
        """There may be something to send."""
        self._sender.wake()

    def session(self, name: str) -> Object | None:
        """As it is now, its time looked at."""
        try:
            return self._do(name, lambda work: sessions.find(work, name))
        except (Refusal, LookupError):
            return None

    def pay(self, name: str, *, at_once: bool = True) -> Object:
        """As the button does. Not `at_once`: by something that takes days, until `clear`."""
        return self._do(name, lambda work: sessions.pay(work, name, at_once=at_once))

    def clear(self, name: str, *, arrived: bool = True) -> Object:
        """What takes days has arrived, or never will."""
        return self._do(name, lambda work: sessions.clear(work, name, arrived=arrived))

    def decline(self, name: str, reason: tuple[str, str] = sessions.DECLINED) -> Object:
        """As the button does."""
        return self._do(name, lambda work: sessions.decline(work, name, reason))

    def expire(self, name: str) -> Object:
        """Its time is up."""
        return self._do(name, lambda work: sessions.expire(work, name))

    def change(self, name: str, **fields: Any) -> Object:
        """Make any object other than it should be: another amount, another currency."""
        return self._do(name, lambda work: work.put(work.one(name) | fields))

    def settle(self, name: str, status: str) -> Object:
        """A pending refund succeeds or fails; one that succeeded may fail too."""
        return self._do(name, lambda work: refunds.settle(work, work.one(name), status))

    def dispute(self, intent: str) -> Object:
        """The customer's bank takes the money back."""
        return self._do(intent, lambda work: refunds.dispute(work, intent))

    def all(self, kind: str) -> list[Object]:
        """All objects of a kind (`refund`, `charge`, `checkout.session`), the oldest first."""
        with self.store.connected() as connection:
            rows = connection.execute("SELECT data FROM object WHERE kind = ? ORDER BY number", (kind,))
            return [json.loads(row[0]) for row in rows]

    def messages(self, kind: str = "") -> list[Message]:
        """The events written so far, sent or not, the oldest first."""
        with self.store.connected() as connection:
            rows = connection.execute("SELECT number, account, kind, body FROM message ORDER BY number").fetchall()
        return [Message(row[0], row[1], row[2], row[3].encode()) for row in rows if kind in ("", row[2])]

    def signature(self, message: Message, *, at: float | None = None) -> str:
        """Of a message as it would be sent now, or at another moment."""
        return sign(message.body, self._endpoint(message.account).secret, at=at)

    def send(self, message: Message) -> int:
        """Send a message now, whatever has become of it: the status that was answered."""
        return post(self._endpoint(message.account).url, message.body, self.signature(message))

    def _endpoint(self, account: str) -> Endpoint:
        """Nowhere for an account that was there before the last start."""
        found = (endpoint for key, endpoint in self.accounts.items() if _account(key) == account)
        return next(found, Endpoint("", ""))

    def _do(self, name: str, change: Callable[[Work], Object]) -> Object:
        with self.store.work(self._owner(name)) as work:
            found = change(work)
        self.wake()
        return found

    def _owner(self, name: str) -> str:
        with self.store.connected() as connection:
            row = connection.execute("SELECT account FROM object WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise LookupError(f"There is no {name}.")
        return row[0]


def _account(key: str) -> str:
    return "acct_" + hashlib.sha256(key.encode()).hexdigest()[:16]
