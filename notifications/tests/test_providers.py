"""Mail by a provider's API: a server that speaks Postmark's protocol, in all its moods."""

import json
import threading
from base64 import b64decode
from collections import deque
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from anymail.exceptions import AnymailAPIError
from django.utils import timezone

from notifications.letter import Letter, Link
from notifications.mail import send
from notifications.mail.sending import hang_up
from notifications.models import Delivery, Notice
from outbox.errors import GiveUp, Later
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
INACTIVE = "Found inactive addresses: ada@example.org.\nInactive recipients are those that have bounced."
TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817", "To": "ada@example.org"}


class Provider(ThreadingHTTPServer):
    """`answers` are given once each, as (status, headers, body); then all is taken."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: deque = deque()
        self.received: list[dict] = []
        self.callers: set = set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers, answer = self.server.answers.popleft() if self.server.answers else (200, {}, TAKEN)
        if status == 200 and answer["ErrorCode"] == 0:
            self.server.received.append(body)
        self.server.callers.add(self.client_address)
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": len(content)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def provider(settings):
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    settings.EMAIL_PROVIDER, settings.EMAIL_BACKEND = "postmark", "anymail.backends.postmark.EmailBackend"
    address = f"http://127.0.0.1:{server.server_port}/"
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_SERVER_TOKEN": "token", "POSTMARK_API_URL": address}
    yield server
    hang_up()
    server.shutdown()
    server.server_close()
    thread.join(20)


def deliver(**letter) -> str:
    notice = Notice(kind="reminder_day", key="x")
    delivery = Delivery(notice=notice, channel="email", address="ada@example.org", due_at=timezone.now())
    return send(delivery, Letter("Tomorrow", "Friday.", Link("See", "/"), topic="x", **letter))


def test_the_providers_id_is_the_answer_and_one_session_serves_many(provider):
    assert deliver() == "sent b7bc2f4a-e38e-4336-af7d-e6c392c2f817"
    deliver()
    assert len(provider.received) == 2 and len(provider.callers) == 1


def test_tickets_come_along_with_their_pictures_in_place(provider):
    deliver(tickets_of=make_booking().pk)
    [message] = provider.received
    picture, pdf = message["Attachments"]
    assert picture["ContentID"].removeprefix("cid:") in message["HtmlBody"]
    assert b64decode(pdf["Content"]).startswith(b"%PDF")
    assert {one["Name"] for one in message["Headers"]} >= {"Message-ID", "Auto-Submitted"}


@pytest.mark.parametrize(
    "answer",
    [
        (422, {}, {"ErrorCode": 300, "Message": "Invalid email request"}),
        (
            422,
            {},
            {
                "ErrorCode": 406,
                "Message": INACTIVE,
            },
        ),
    ],
)
def test_what_the_provider_refuses_for_good_is_given_up(provider, answer):
    provider.answers.append(answer)
    with pytest.raises(GiveUp):
        deliver()
    assert provider.received == []


@pytest.mark.parametrize(("header", "wait"), [("120", 120), ("x", 60), ("99999999", 3600), ("0", 0)])
def test_a_pause_is_kept(provider, header, wait):
    provider.answers.append((429, {"Retry-After": header}, {"ErrorCode": 429, "Message": "Slow down"}))
    with pytest.raises(Later) as asked:
        deliver()
    assert asked.value.after == timedelta(seconds=wait)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_what_may_be_mended_is_tried_again(provider, status):
    provider.answers.append((status, {}, {"ErrorCode": 10, "Message": "No"}))
    with pytest.raises(AnymailAPIError):
        deliver()
    deliver()
    assert len(provider.received) == 1
