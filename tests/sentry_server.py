"""What takes Sentry's envelopes, on loopback."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli

Events = list[dict[str, Any]]


@contextmanager
def sentry_server() -> Iterator[tuple[str, Events]]:
    """A project's DSN, and the events that have arrived there."""
    events: Events = []

    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers.get("Content-Encoding", ""))
            events.extend(read_envelope(unpack(body) if unpack else body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ingest)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://public@127.0.0.1:{server.server_address[1]}/1", events
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def read_envelope(body: bytes) -> Events:
    """Its events: after a line for the whole, each item is a line of headers and one of content."""
    lines = [json.loads(line) for line in body.splitlines() if line]
    items = zip(lines[1::2], lines[2::2], strict=False)
    return [content for head, content in items if head.get("type") == "event"]
