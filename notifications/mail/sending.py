"""A letter as an e-mail, handed to the mail server or the provider."""

import os
import threading

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.letter import Letter
from notifications.mail.message import Mail, message_of
from notifications.models import Delivery

_mine = threading.local()


def send(delivery: Delivery, letter: Letter) -> str:
    """Send it; returns what the other side answered. A second try carries the same Message-ID.

    Raises GiveUp or Later (outbox.errors), or whatever else goes wrong, for another try.
    """
    return hand_over(message_of(delivery, letter))


def hand_over(message: Mail) -> str:
    """Send a message by this thread's own backend, whose connection stays open for the next."""
    backend = _backend()
    if settings.EMAIL_PROVIDER:
        from notifications.mail import providers  # with it comes an HTTP client that nobody else needs

        return providers.hand_over(backend, message)
    backend.send_messages([message])
    return message.answer


def hang_up() -> None:
    """Close this thread's connection."""
    if backend := getattr(_mine, "backend", None):
        backend.close()
    _mine.__dict__.clear()


def _backend() -> BaseEmailBackend:
    """This thread's, and no child process's: neither a connection nor a provider's session is ever shared."""
    wanted = (settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT, os.getpid())
    if getattr(_mine, "wanted", None) != wanted:
        hang_up()
        _mine.backend, _mine.wanted = get_connection(), wanted
    return _mine.backend
