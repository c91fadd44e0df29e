"""The crowd against real servers on loopback, well-behaved and not."""

import datetime
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rehearsal.crowd import Answer, Call, Crowd, rush
from rehearsal.tests.servers import OK, serving

GET = Call("GET", "/")


def echo(connection: int, count: int, request: bytes) -> bytes:
    body = request.partition(b"\r\n\r\n")[2]
    return b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_a_call_is_written_with_host_length_headers_and_body():
    call = Call("POST", "/api/bookings", {"Authorization": "Bearer x"}, b"{}")
    assert call.bytes("evently.test:80") == (
        b"POST /api/bookings HTTP/1.1\r\nHost: evently.test:80\r\nAuthorization: Bearer x\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    assert GET.bytes("a") == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_everybody_at_once_has_a_connection_and_an_answer_of_their_own():
    calls = [Call("POST", "/", body=b"buyer %d" % number) for number in range(200)]
    seen = set()

    def note(connection: int, count: int, request: bytes) -> bytes:
        seen.add(connection)
        return echo(connection, count, request)

    with serving(note) as address:
        crowd = rush(address, calls, connections=200)
    assert crowd.statuses == {201: 200}
    assert not crowd.errors
    assert {answer.index: answer.body for answer in crowd.answers} == {n: b"buyer %d" % n for n in range(200)}
    assert len(seen) == 200
    assert 0 < crowd.percentile(50) <= crowd.percentile(99) <= crowd.took


def test_a_steady_crowd_keeps_its_connections():
    seen = []

    def note(connection: int, count: int, request: bytes) -> bytes:
        seen.append(connection)
        return OK

    with serving(note) as address:
        crowd = rush(address, [GET] * 100, connections=4)
    assert crowd.statuses == {200: 100}
    assert set(seen) == {0, 1, 2, 3}


def test_calls_repeat_until_the_time_is_up():
    with serving(lambda *_: OK) as address:
        crowd = rush(address, [GET], connections=2, seconds=0.3, repeat=True, bodies=False)
    assert len(crowd.answers) > 10
    assert crowd.statuses == {200: len(crowd.answers)}
    assert 0 < crowd.took < 5
    assert {answer.body for answer in crowd.answers} == {b""}


def test_a_pace_is_not_exceeded():
    with serving(lambda *_: OK) as address:
        crowd = rush(address, [GET] * 31, connections=31, pace=100)
    assert crowd.statuses == {200: 31}
    assert crowd.took >= 0.3


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n",
            b"abcde",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000, b"x" * 300_000),
    ],
    ids=["chunked", "after 100", "until close", "1.0", "long"],
)
def test_every_framing_is_read(sent, body):
    with serving(lambda *_: sent, close_after=1) as address:
        crowd = rush(address, [GET, GET], connections=1)
    answered = [(answer.status, answer.body) for answer in crowd.answers if not answer.error]
    assert answered[0] == (200, body)


def test_no_body_is_awaited_after_a_304_or_a_head():
    def reply(connection: int, count: int, request: bytes) -> bytes:
        status = b"200 OK" if request.startswith(b"HEAD") else b"304 Not Modified"
        return b"HTTP/1.1 " + status + b"\r\nContent-Length: 900\r\n\r\n"

    with serving(reply) as address:
        crowd = rush(address, [GET, Call("HEAD", "/"), GET], connections=1, patience=3)
    assert crowd.statuses == {304: 2, 200: 1}


def test_a_server_that_closes_after_an_answer_is_called_anew():
    polite = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with serving(lambda *_: polite, close_after=1) as address:
        crowd = rush(address, [GET] * 5, connections=1)
    assert crowd.statuses == {200: 5}


def test_nobody_there_is_counted_as_refused():
    with serving(lambda *_: OK) as address:
        pass
    crowd = rush(address, [GET] * 20, connections=10)
    assert crowd.errors == {"refused": 20}
    assert not crowd.statuses
    assert (crowd.per_second, crowd.percentile(95)) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (None, "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "closed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "malformed"),
    ],
    ids=["nothing", "half", "no http", "no length", "no chunk"],
)
def test_an_answer_that_is_none_is_counted_by_kind(sent, kind):
    with serving(lambda *_: sent, close_after=1) as address:
        crowd = rush(address, [GET] * 3, connections=3)
    assert crowd.errors == {kind: 3}
    assert [(answer.status, answer.error) for answer in crowd.answers] == [(0, kind)] * 3


def test_one_that_never_answers_is_given_up():
    release = threading.Event()

    def reply(connection: int, count: int, request: bytes) -> bytes | None:
        if b"/slow" in request:
            release.wait(10)
            return None
        return OK

    began = time.monotonic()
    with serving(reply) as address:
        crowd = rush(address, [Call("GET", "/slow"), GET, GET], connections=3, patience=0.5)
        release.set()
    assert crowd.errors == {"timeout": 1}
    assert crowd.statuses == {200: 2}
    assert time.monotonic() - began < 5


def test_tls_is_spoken_and_checked(tmp_path, monkeypatch):
    with serving(echo, tls=certified(tmp_path)) as address:
        doubted = rush(address, [GET], connections=1)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        calls = [Call("POST", "/", body=b"x" * 100_000)] * 6
        crowd = rush(address, calls, connections=3)
    assert doubted.errors == {"tls": 1}
    assert crowd.statuses == {201: 6}
    assert {answer.body for answer in crowd.answers} == {b"x" * 100_000}


def test_what_cannot_be_begun_is_refused():
    with pytest.raises(ValueError):
        rush("http://127.0.0.1:1", [GET] * 10_001, connections=10_001)
    with pytest.raises(ValueError):
        rush("http://127.0.0.1:1", [], connections=1, repeat=True)
    with pytest.raises(ValueError):
        rush("127.0.0.1:1", [GET], connections=1)


def test_percentiles_are_nearest_ranks_of_what_was_answered():
    answers = [Answer(number, 200, number / 10, b"", "") for number in range(10, 0, -1)]
    crowd = Crowd([*answers, Answer(11, 0, 30.0, b"", "timeout")], took=2.0)
    assert [crowd.percentile(percent) for percent in (50, 95, 99, 0)] == [0.5, 1.0, 1.0, 0.1]
    assert crowd.per_second == 5.0


def certified(folder: Path) -> ssl.SSLContext:
    """A server's context for `localhost`, with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*private))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
