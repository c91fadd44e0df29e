"""HTTP: requests to the API and to the pages, and the faults that are planned for them."""

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from local.stripe import pages, sessions
from local.stripe.faults import Fault, Planned
from local.stripe.refusals import Refusal
from local.stripe.store import Object

if TYPE_CHECKING:
    from local.stripe.server import StripeServer

MOST_BYTES = 1024 * 1024
HTML, JSON = "text/html; charset=utf-8", "application/json"
GARBAGE = {
    Fault.HTML: (HTML, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    Fault.EMPTY: (JSON, b"{}"),
    Fault.TYPES: (JSON, b'{"id": 7, "object": ["checkout.session"], "status": 1, "url": {}, "payment_intent": 3}'),
}
DOWN = {"error": {"type": "api_error", "message": "An unknown error occurred."}}


def handler(server: "StripeServer") -> type[BaseHTTPRequestHandler]:
    """The class that answers for `server`."""
    return type("BoundHandler", (Handler,), {"server_": server})


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    server_: "StripeServer"
    replayed = False

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._api("GET", path, urlsplit(self.path).query)
        elif path == "/style.css":
            self._say(200, "text/css", pages.STYLE.encode())
        else:
            self._page(path)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self._say(413, JSON, b"{}")
            return
        path, text = urlsplit(self.path).path, self.rfile.read(length).decode()
        if path.startswith("/v1/"):
            self._api("POST", path, text)
        else:
            self._pressed(path, parse_qs(text).get("do", [""])[0])

    def _api(self, method: str, path: str, text: str) -> None:
        planned = self.server_.faults.next(f"{method} {path}")
        fault = planned.fault if planned else None
        if fault is Fault.DOWN:
            self._json(503, DOWN)
            return
        try:
            account = self._account()
            key = self.headers.get("Idempotency-Key", "")
            (status, body), self.replayed = self.server_.api.answer(
                account, method, path, text, key, lambda: self._pause(planned)
            )
            if fault is Fault.BROKEN and not self.replayed:
                status, body = self.server_.api.break_off(account, key)
            self.server_.wake()
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        self._answer(status, body, fault)

    def _pause(self, planned: Planned | None) -> None:
        if planned and planned.fault is Fault.HANG:
            self.server_.faults.hang(planned.seconds)

    def _answer(self, status: int, body: Object, fault: Fault | None) -> None:
        if fault is Fault.LOST:
            self.close_connection = True
        elif fault is Fault.CUT:
            whole = json.dumps(body).encode()
            self._say(status, JSON, whole[: len(whole) // 2])
        elif fault in GARBAGE:
            self._say(200, *GARBAGE[fault])
        else:
            self._json(status, body)

    def _account(self) -> str:
        """Whose secret key came, as bearer token or as the user's name of basic authentication."""
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        key = base64.b64decode(given).decode().rstrip(":") if scheme == "Basic" else given
        if version := self.headers.get("Stripe-Version"):
            self.server_.store.version = version
        return self.server_.account(key)

    def _page(self, path: str) -> None:
        name, _, step = path.removeprefix("/pay/").partition("/")
        session = self.server_.session(name)
        if session is None or step not in ("", "3ds"):
            self._say(404, HTML, pages.nothing_here().encode())
        else:
            self._say(200, HTML, (pages.challenge if step else pages.checkout)(session).encode())

    def _pressed(self, path: str, button: str) -> None:
        """A button of a page: what it does, and where it leads."""
        name = path.removeprefix("/pay/").partition("/")[0]
        session = self.server_.session(name)
        if session is None:
            self._say(404, HTML, pages.nothing_here().encode())
            return
        here = f"/pay/{name}"
        if button in ("pay", "confirm"):
            session = self.server_.pay(name)
            self._go(session["success_url"] if session["status"] == "complete" else here)
        elif button == "challenge":
            self._go(f"{here}/3ds")
        elif button == "abandon":
            self._go(session["cancel_url"] or here)
        else:
            self.server_.decline(name, sessions.NOT_AUTHENTICATED if button == "fail" else sessions.DECLINED)
            self._go(here)

    def _go(self, address: str) -> None:
        self._say(303, HTML, b"", ("Location", address))

    def _json(self, status: int, body: Object) -> None:
        self._say(status, JSON, json.dumps(body).encode())

    def _say(self, status: int, kind: str, body: bytes, *more: tuple[str, str]) -> None:
        self.close_connection = True  # so that a server that has stopped answers nobody
        self.send_response(status)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Connection", "close")]
        headers += [("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")]
        headers += [("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:")]
        if self.replayed:
            headers.append(("Idempotent-Replayed", "true"))
        for header in [*headers, *more]:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Nothing: what is asked here is asked by ourselves."""
