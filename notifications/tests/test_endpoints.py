"""What strangers call a push service must not lead into our network."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from requests import Session

from notifications.push import endpoints
from notifications.push.endpoints import BadEndpoint, check, is_public

PUBLIC, LOOPBACK = "93.184.215.14", "127.0.0.1"


class Resolver:
    """Answers names as it is told: each answer once, the last one for good."""

    def __init__(self, monkeypatch) -> None:
        self.answers: list[list[str]] = [[PUBLIC]]
        self.port = 0  # that connections go to instead, if any
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host, port, family=0, type=0, proto=0, flags=0):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in answer]
        return [
            (family, socket.SOCK_STREAM, 6, "", (one, self.port or port))
            for family, one in zip(families, answer, strict=True)
        ]


@pytest.fixture
def resolver(monkeypatch):
    return Resolver(monkeypatch)


@pytest.fixture
def door():
    """A listening socket of this machine, to which nobody is to come."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        listening.setblocking(False)
        yield listening


def nobody_came(door: socket.socket) -> bool:
    try:
        door.accept()
    except BlockingIOError:
        return True
    return False


def test_a_push_service_on_the_internet_is_fine(resolver):
    check("https://fcm.googleapis.com/fcm/send/abc:def-_")
    check("https://updates.push.services.mozilla.com:443/wpush/v2/x?y=1")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "//push.example.org/x",
        "push.example.org/x",
        "https://",
        "https:///x",
        "https://push.example.org:8443/x",
        "https://push.example.org:22/x",
        "https://push.example.org:0/x",
        "https://push.example.org:99999/x",
        "https://user:secret@push.example.org/x",
        "https://@push.example.org/x",
        "https://push.example.org#@evil/x",
        "https://push.example.org\\@evil/x",
        "https://push.example.org/a b",
        "https://push.example.org/\n",
        "https://püsh.example.org/x",
        "https://127.0.0.1/x",
        "https://127.0.0.1./x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://[::1/x",
        "https://2130706433/x",
        "https://0177.0.0.1/x",
        "https://0x7f000001/x",
        "https://127.1/x",
        "https://8.8.8.8/x",
        "https://push.example.org/" + "x" * 1000,
    ],
)
def test_what_does_not_look_like_one_is_refused(endpoint, resolver):
    with pytest.raises(BadEndpoint):
        check(endpoint)


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["127.255.255.254"],
        ["10.0.0.1"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["0.0.0.0"],  # noqa: S104  nothing binds to it
        ["192.0.2.1"],
        ["198.18.0.1"],
        ["224.0.0.1"],
        ["240.0.0.1"],
        ["255.255.255.255"],
        ["::1"],
        ["::"],
        ["fe80::1"],
        ["fc00::1"],
        ["fd12:3456::1"],
        ["ff02::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["64:ff9b::a00:1"],
        ["2002:7f00:1::"],
        ["2002:a00:1::1"],
        ["2001:0:4136:e378:8000:63bf:f5ff:fffe"],
        [PUBLIC, "127.0.0.1"],
        [PUBLIC, "fd00::1"],
    ],
    ids="+".join,
)
def test_a_name_that_leads_into_a_network_is_refused(answer, resolver):
    resolver.answers = [answer]
    with pytest.raises(BadEndpoint, match="not on the internet"):
        check("https://push.example.org/x")


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ipaddress.ip_address(address))


def test_a_name_that_nobody_knows_is_refused(monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(BadEndpoint, match="can be found"):
        check("https://push.example.org/x")


def test_nobody_waits_long_for_a_resolver(monkeypatch):
    asked, done = threading.Event(), threading.Event()

    def wait(*_, **__):
        asked.set()
        done.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    monkeypatch.setattr(endpoints, "MOST_SECONDS", 0.1)
    with pytest.raises(BadEndpoint, match="can be found"):
        check("https://push.example.org/x")
    assert asked.is_set()
    done.set()


def test_a_name_that_leads_elsewhere_when_it_is_asked_again_gets_no_connection(resolver, door):
    resolver.port = door.getsockname()[1]
    resolver.answers = [[PUBLIC], [LOOPBACK]]

    check("https://push.example.org/x")
    with pytest.raises(BadEndpoint):
        endpoints.session().post("https://push.example.org/x", data=b"x", timeout=3)

    assert nobody_came(door)


def test_the_connection_goes_to_the_address_that_was_looked_at_and_is_for_the_name(resolver, secure, settings):
    settings.PUSH_PRIVATE_ENDPOINTS = True
    resolver.answers, resolver.port = [[LOOPBACK]], secure.port

    response = session(secure).post("https://push.example.org/x", data=b"body", timeout=5)

    assert response.status_code == 201
    assert secure.names == ["push.example.org"]


def test_a_certificate_for_another_name_is_refused(resolver, secure, settings):
    settings.PUSH_PRIVATE_ENDPOINTS = True
    resolver.answers, resolver.port = [[LOOPBACK]], secure.port

    with pytest.raises(OSError, match="certificate"):
        session(secure).post("https://elsewhere.example.org/x", data=b"body", timeout=5)


def test_connections_take_no_proxy_from_the_environment(resolver, door, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{door.getsockname()[1]}")
    resolver.answers = [["10.0.0.1"]]
    with pytest.raises(BadEndpoint):
        endpoints.session().post("https://push.example.org/x", data=b"x", timeout=3)
    assert nobody_came(door)


# --- A server with a certificate for push.example.org ---------------------------------------------


class Secure:
    def __init__(self, folder) -> None:
        self.names: list[str | None] = []
        self.certificate = write_certificate(folder, "push.example.org")
        self.listening = socket.create_server((LOOPBACK, 0))
        self.port = self.listening.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate)
        self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)

    def serve(self) -> None:
        try:
            while True:
                self.answer(self.listening.accept()[0])
        except OSError:
            pass  # it is closed

    def answer(self, plain: socket.socket) -> None:
        try:
            with self.context.wrap_socket(plain, server_side=True) as connection:
                while not connection.recv(65536).endswith(b"body"):
                    pass
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            plain.close()


@pytest.fixture
def secure(tmp_path):
    server = Secure(tmp_path)
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.listening.close()


def session(server: Secure) -> Session:
    """As ours, but it trusts that server alone."""
    one = Session()
    one.trust_env = False
    one.verify = str(server.certificate)
    one.mount("https://", endpoints._Adapter())
    return one


def write_certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path
