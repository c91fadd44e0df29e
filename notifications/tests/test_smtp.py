"""Sending, to a real mail server in all its moods."""

import smtplib
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.utils import timezone

from notifications.mail.message import Mail
from notifications.mail.sending import hand_over, hang_up
from notifications.mail.smtp import NotNow
from outbox.errors import GiveUp
from tests.mail_server import mail_server, send_to


def a_mail(to: str = "ada@example.org", subject: str = "Hello") -> Mail:
    return Mail(subject, "Words", "Evently <tickets@example.org>", [to])


def test_the_servers_last_words_are_the_answer(mails):
    assert hand_over(a_mail()) == "250 2.0.0 Ok: queued as 1"
    assert mails.recipients == ["ada@example.org"]


def test_the_connection_stays_open_from_one_message_to_the_next(mails):
    for _ in range(3):
        hand_over(a_mail())
    assert (len(mails.received), mails.connections) == (3, 1)


def test_a_message_to_several_goes_to_all_of_them_or_to_none(mails):
    both = Mail("Hello", "Words", "Evently <tickets@example.org>", ["ada@example.org", "bob@example.org"])
    mails.to_recipients.extend([None, "451 4.2.1 Not now"])
    with pytest.raises(NotNow):
        hand_over(both)
    assert mails.recipients == []
    hand_over(both)
    assert mails.recipients == ["ada@example.org", "bob@example.org"]


def test_each_thread_has_a_connection_of_its_own(mails):
    def send_two() -> None:
        hand_over(a_mail())
        hand_over(a_mail())
        hang_up()

    threads = [threading.Thread(target=send_two) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(mails.received), mails.connections) == (6, 3)


@pytest.mark.parametrize("said", ["to_recipients", "to_messages"])
def test_what_is_refused_for_the_moment_can_be_tried_again_by_the_same_connection(mails, said):
    getattr(mails, said).extend(["451 4.7.1 Greylisted", "450 4.2.0 Still greylisted"])
    for words in ("451 4.7.1 Greylisted", "450 4.2.0 Still greylisted"):
        with pytest.raises(NotNow, match=words):
            hand_over(a_mail())
    hand_over(a_mail())
    assert (len(mails.received), mails.connections) == (1, 1)


@pytest.mark.parametrize("said", ["to_recipients", "to_messages"])
def test_what_is_refused_for_good_is_given_up_and_the_next_one_goes_out(mails, said):
    getattr(mails, said).append("550 5.1.1 No such user here")
    with pytest.raises(GiveUp, match=r"^550 5\.1\.1 No such user here$"):
        hand_over(a_mail())
    hand_over(a_mail("bob@example.org"))
    assert (mails.recipients, mails.connections) == (["bob@example.org"], 1)


def test_a_server_that_wants_us_to_sign_in_may_be_told_how_tomorrow(mails):
    mails.to_recipients.append("530 5.7.0 Authentication required")
    with pytest.raises(NotNow, match="530"):
        hand_over(a_mail())


def test_a_server_that_hangs_up_between_messages_is_called_again(settings):
    with mail_server(patience=0.3) as server:
        send_to(settings, server)
        hand_over(a_mail())
        time.sleep(1)
        hand_over(a_mail())
        hang_up()
    assert (len(server.received), server.connections) == (2, 2)


def test_a_connection_that_was_idle_for_long_is_not_relied_on(mails, monkeypatch):
    hand_over(a_mail())
    monkeypatch.setattr("notifications.mail.smtp.IDLE", 0)
    hand_over(a_mail())
    assert (len(mails.received), mails.connections) == (2, 2)


@pytest.mark.parametrize("said", ["to_recipients", "to_messages"])
def test_a_server_that_hangs_holds_nobody_up_for_ever(mails, settings, said):
    settings.EMAIL_TIMEOUT, settings.OUTBOX_POST_LEASE_SECONDS = 0.5, 2
    getattr(mails, said).append("hang")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        hand_over(a_mail())
    settings.OUTBOX_POST_LEASE_SECONDS = 180
    hand_over(a_mail("bob@example.org"))
    assert mails.recipients == ["bob@example.org"]


def test_a_server_that_drips_its_answer_holds_nobody_up_either(settings):
    settings.EMAIL_TIMEOUT, settings.OUTBOX_POST_LEASE_SECONDS = 5, 2
    with dripping() as server:
        send_to(settings, server)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="took too long|timed out"):
            hand_over(a_mail())
        hang_up()


def test_no_server_at_all_is_worth_another_try(settings):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        host, port = taken.getsockname()
    settings.EMAIL_BACKEND = "notifications.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
    with pytest.raises(ConnectionRefusedError):
        hand_over(a_mail())


@pytest.mark.parametrize(
    "address", ["žofie@example.org", "ada@" + "ü" * 70 + ".org", "ada", "ada@example.org\r\nRCPT TO:<eve@example.org>"]
)
def test_an_address_that_no_server_takes_is_given_up_in_words(mails, address):
    with pytest.raises(GiveUp):
        hand_over(a_mail(address))
    assert mails.recipients == []


def test_a_domain_in_other_letters_is_called_by_its_other_name(mails):
    hand_over(a_mail("ada@bücher.example"))
    assert mails.recipients == ["ada@xn--bcher-kva.example"]


@contextmanager
def dripping():
    """A server whose greeting never ends: a line every tenth of a second."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        talking, _ = listener.accept()
        with talking:
            while not over.wait(0.1):
                try:
                    talking.sendall(b"220-Wait\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    host, port = listener.getsockname()
    yield SimpleNamespace(host=host, port=port)
    over.set()
    thread.join(20)
    listener.close()


# --- Over TLS ---------------------------------------------------------------------------------------


@pytest.fixture
def context(tmp_path, monkeypatch) -> ssl.SSLContext:
    """A server's, with a certificate for localhost that this process trusts."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(pem)
    return made


@pytest.mark.parametrize("starttls", [True, False], ids=["STARTTLS", "TLS from the first byte"])
def test_a_server_that_wants_tls_and_a_password_gets_both(settings, context, starttls):
    with mail_server(context=context, starttls=starttls, secret="sesame") as server:
        send_to(settings, server)
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "localhost", starttls, not starttls
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "evently", "wrong"
        with pytest.raises(smtplib.SMTPAuthenticationError):  # worth another try, once somebody has mended it
            hand_over(a_mail())
        hang_up()
        settings.EMAIL_HOST_PASSWORD = "sesame"
        for _ in range(2):
            hand_over(a_mail())
        hang_up()
    assert (len(server.received), server.connections) == (2, 2)


def test_a_server_whose_certificate_is_not_its_own_hears_nothing(settings, context):
    with mail_server(context=context, starttls=True) as server:
        send_to(settings, server)
        settings.EMAIL_USE_TLS = True  # by its number, which the certificate does not name
        with pytest.raises(ssl.SSLCertVerificationError):
            hand_over(a_mail())
        hang_up()
    assert server.received == []
