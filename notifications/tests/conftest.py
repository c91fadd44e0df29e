import pytest

from notifications.mail.sending import hang_up
from tests.mail_server import mail_server
from tests.push_service import PRIVATE_KEY, push_service


@pytest.fixture
def mails(settings):
    """A mail server, where our mail goes."""
    with mail_server() as server:
        send_to(settings, server)
        yield server
        hang_up()


def send_to(settings, server) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port


@pytest.fixture
def push_on(settings):
    """A site with a key of its own, which may push to this machine."""
    settings.VAPID_PRIVATE_KEY = PRIVATE_KEY
    settings.VAPID_SUBJECT = "mailto:staff@example.org"
    settings.PUSH_PRIVATE_ENDPOINTS = True


@pytest.fixture
def service(push_on):
    with push_service() as running:
        yield running
