"""A push service as browsers have one, on loopback: it decrypts what it gets with the browser's keys, and checks who
sent it."""

import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Of the tests alone.
PRIVATE_KEY = "xJPmqqBPeXkWhcnGaAP5zvqUNVxyGNIkZU8QfO9SqXg"


@dataclass
class Browser:
    """One subscription's keys (RFC 8291)."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        return text(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return text(self.secret)


@dataclass
class Pushed:
    """A message as it arrived: the path it came to, its headers, and what it said."""

    path: str
    headers: dict[str, str]
    size: int
    content: dict[str, Any]
    claims: dict[str, Any]


Answer = tuple[int, dict[str, str], bytes]
TAKEN: Answer = (201, {"Location": "https://push.example.org/message/1"}, b"")


class PushService:
    """`answers` are given in turn, then every message is taken; one that is a function gets the connection."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.browsers: dict[str, Browser] = {}
        self.pushed: list[Pushed] = []
        self.answers: list[Answer | Callable[[BaseHTTPRequestHandler], None]] = []
        self.before_saying_so: Callable[[str], None] = lambda path: None  # it has the message, its sender doesn't know
        self.asked = 0
        self.connections = 0

    def subscribe(self) -> dict[str, str]:
        """A new browser's subscription."""
        path = f"/push/{len(self.browsers)}"
        browser = self.browsers[path] = Browser()
        return {"endpoint": self.origin + path, "p256dh": browser.p256dh, "auth": browser.auth}

    def read(self, path: str, headers: dict[str, str], body: bytes) -> Pushed:
        """Decrypt and verify, as a browser and its push service do between them."""
        browser = self.browsers[path]
        data = http_ece.decrypt(
            body, private_key=browser.private, auth_secret=browser.secret, version=headers["content-encoding"]
        )
        return Pushed(path, headers, len(body), json.loads(data), claims_of(headers["authorization"]))


def claims_of(authorization: str) -> dict[str, Any]:
    """What a genuine VAPID token claims (RFC 8292); raises for any other."""
    scheme, _, parts = authorization.partition(" ")
    assert scheme == "vapid"
    named = dict(part.strip().split("=", 1) for part in parts.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(named["k"]))
    return jwt.decode(named["t"], key, algorithms=["ES256"], options={"verify_aud": False})


@contextmanager
def push_service() -> Iterator[PushService]:
    """One that runs, on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler())
    server.daemon_threads = True
    service = server.service = PushService(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Say one byte of a header after the other, for as long as somebody listens."""
    try:
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.service.connections += 1

        @property
        def service(self) -> PushService:
            return self.server.service  # type: ignore[attr-defined]

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.service.asked += 1
            answer = self.service.answers.pop(0) if self.service.answers else TAKEN
            if callable(answer):
                answer(self)
                return
            if answer[0] == TAKEN[0]:
                self.service.pushed.append(self.service.read(self.path, headers, body))
                self.service.before_saying_so(self.path)
            self._answer(*answer)

        do_GET = do_POST

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def data(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
