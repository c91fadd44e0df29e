import pytest

from notifications.mail.sending import hang_up
from tests.mail_server import mail_server


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
