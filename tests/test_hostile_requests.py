"""Requests that no browser sends, byte by byte, to a real web process: a clear 4xx, and nothing of ours."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from accounts.models import User
from outbox.models import Message
from tests.factories import make_user
from tests.serving import environment, free_port, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

OURS = "localhost"


@pytest.fixture
def port(transactional_db) -> Iterator[int]:
    """A web process that knows what it is called."""
    number = free_port()
    with serving(environment(PORT=str(number), WEB_CONCURRENCY="1", ALLOWED_HOSTS=OURS)):
        yield number


def status(port: int, first: bytes, *headers: bytes, body: bytes = b"", host: bytes = OURS.encode()) -> int:
    """The status of the answer, which must hold nothing of our files."""
    lines = [first + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers]
    lines += [b"Content-Length: " + str(len(body)).encode()] if body else []
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b"SECRET_KEY" not in answer and b"root:" not in answer and b"Traceback" not in answer
    return int(answer.split(b" ", 2)[1])


def test_paths_lead_to_no_file_that_is_not_meant_to_be_seen(port):
    ups = [b"../", b"..%2f", b"%2e%2e/", b"%2e%2e%2f", b"..\\", b"..%5c", b"....//", b"%252e%252e%252f", b"..%c0%af"]
    starts = [b"/static/", b"/static/css/", b"/media/", b"/inbox/", b"/"]
    ends = [b"etc/passwd", b"evently/settings/identity.py", b".env"]
    asked = [start + up * 6 + end for start in starts for up in ups for end in ends]
    asked += [b"/static//etc/passwd", b"/media//etc/passwd", b"/.env", b"/.git/config", b"/static/site.css%00.py"]
    heard = {path: status(port, b"GET " + path) for path in asked}
    assert {path: code for path, code in heard.items() if code not in (400, 404)} == {}


def test_what_is_no_utf8_or_holds_a_nul_is_refused_wherever_it_stands(port):
    sent = [
        status(port, b"GET /events/%ff"),
        status(port, b"GET /%c3%28"),
        status(port, b"GET /events/%00"),
        status(port, b"GET /?q=%00"),
        status(port, b"GET /account/", b"Cookie: evently_session=\xff\xfe"),
        status(port, b"GET /account/", b'Cookie: evently_session="\\000"'),
        status(port, b"GET /api/auth/me", b"Authorization: Bearer \xff\xfe"),
        status(port, b"POST /api/auth/login", b"Content-Type: application/json", body=b'{"email": "\xff"}'),
        status(port, b"POST /api/bookings", b"Content-Type: application/json", body=b"\xff\xfe" * 40),
        status(port, b"POST /account/login/", b"Content-Type: application/x-www-form-urlencoded", body=b"login=\xff"),
    ]
    assert [code for code in sent if not 300 <= code < 500] == []
    assert status(port, b"GET /?q=%ff%fe") == 200  # read as the sign for what can't be read


def test_a_body_without_a_bottom_or_an_end_of_digits_is_malformed(port):
    bodies = [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"event": ' + b"9" * 5000 + b"}",
        b'{"quantity": 1' + b"0" * 400 + b"}",
    ]
    doors = [b"POST /api/auth/login", b"POST /api/auth/register", b"POST /api/tickets/verify", b"POST /api/bookings"]
    for door in doors:
        for body in bodies:
            assert status(port, door, b"Content-Type: application/json", body=body) in (400, 401, 413)
    assert status(port, b"POST /webhooks/stripe", b"Content-Type: application/json", body=bodies[0]) == 400


@pytest.mark.parametrize(
    "host", [b"evil.example", b"localhost.evil.example", b"localhost@evil.example", b"evil.example:80"]
)
def test_a_host_that_we_are_not_gets_nothing_and_sends_nothing(port, host):
    """A reset asked for under another name would put that name into a letter."""
    make_user("Ada", email="ada@example.org")
    form = b"Content-Type: application/x-www-form-urlencoded"
    people = User.objects.count()
    heard = [
        status(port, b"GET /", host=host),
        status(port, b"GET /api/events", host=host),
        status(port, b"GET /account/password/reset/", host=host),
        status(port, b"POST /account/password/reset/", form, body=b"email=ada@example.org", host=host),
        status(port, b"POST /api/auth/register", b"Content-Type: application/json", host=host,
               body=b'{"email": "eve@example.org", "password": "correct horse battery", "name": "Eve"}'),
        status(port, b"POST /api/bookings", b"Content-Type: application/json", body=b"{}", host=host),
    ]  # fmt: skip
    assert heard == [400] * 6
    forwarded = b"X-Forwarded-Host: " + host
    assert (
        status(port, b"POST /account/password/reset/", form, forwarded, body=b"email=ada@example.org") == 403
    )  # no token
    assert not Message.objects.exists()
    assert User.objects.count() == people
