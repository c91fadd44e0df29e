"""Mail by a provider's API, through django-anymail: what its answers mean for the outbox."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from outbox.errors import GiveUp, Later

A_MINUTE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
OF_THE_MESSAGE = {400, 406, 413, 422}  # what is wrong with it will be wrong again; 401, 403 and the like we can mend
SLOW_DOWN = 429


def hand_over(backend: BaseEmailBackend, message: EmailMessage) -> str:
    """Send a message; returns what the provider answered. Raises GiveUp or Later, or what is worth another try."""
    backend.open()  # else each message would open and close a session of its own
    try:
        backend.send_messages([message])
    except AnymailError as error:
        raise _outcome(error) from error
    return _answer(message)


def _outcome(error: AnymailError) -> Exception:
    """What to raise for it: GiveUp, Later, or the error itself where another try may do."""
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return GiveUp(str(error))
    status = error.status_code if isinstance(error, AnymailAPIError) else None
    if status in OF_THE_MESSAGE:
        return GiveUp(str(error))
    if status == SLOW_DOWN:
        return Later(_pause(error.response.headers.get("Retry-After", "")), "The mail provider asks for a pause.")
    return error


def _answer(message: EmailMessage) -> str:
    """'queued 3fa85f64-…', as far as the provider says."""
    status = message.anymail_status  # type: ignore[attr-defined]
    return f"{', '.join(sorted(status.status or []))} {status.message_id or ''}".strip()


def _pause(header: str) -> timedelta:
    """Seconds or a moment (RFC 9110, 10.2.3); a minute where it is neither."""
    if header.isascii() and header.isdigit():
        return min(timedelta(seconds=int(header[:6])), LONGEST_PAUSE)
    try:
        return max(min(parsedate_to_datetime(header) - timezone.now(), LONGEST_PAUSE), A_MINUTE)
    except (TypeError, ValueError):
        return A_MINUTE
