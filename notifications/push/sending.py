"""A letter as a push message, handed to a browser's push service (RFC 8030, 8291)."""

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone
from pywebpush import WebPusher
from requests import RequestException, Response
from urllib3.exceptions import HTTPError

from notifications.errors import Unreachable
from notifications.letter import Letter
from notifications.models import Delivery, Device
from notifications.push import endpoints, vapid
from notifications.push.message import Message, message_of, topic_header
from outbox.errors import GiveUp, Later

TIMEOUTS = (3.0, 10.0)  # seconds, to connect and between two bytes
ALTOGETHER = 20.0  # seconds, whatever comes
READ = 1000  # bytes of an answer
WAIT = timedelta(minutes=1)  # where a busy service doesn't say how long
LONGEST_WAIT = timedelta(hours=1)


class PushFailed(Exception):
    """It may go through later."""


def send(delivery: Delivery, letter: Letter) -> str:
    """Send it; returns what the push service answered.

    Raises Unreachable for a device that is gone, Later where the service says so, GiveUp for a refusal that is final,
    and PushFailed for everything that may go better next time.
    """
    if delivery.device is None:
        raise Unreachable("The device was removed.")
    return post(delivery.device, message_of(delivery.notice, letter, now=timezone.now()))


def post(device: Device, message: Message, *, altogether: float = ALTOGETHER) -> str:
    """Hand one message to the push service of a device, within so many seconds; as `send`."""
    if not vapid.is_on():
        raise GiveUp("Push is off: there is no VAPID_PRIVATE_KEY.")
    response, words = _exchange(device, message, altogether)
    if response.status_code == 413:
        response, words = _exchange(device, message.brief(), altogether)
    if response.ok and not response.is_redirect:
        return f"{response.status_code} {response.headers.get('Location', '')}".strip()
    raise _failure(response, words)


def _exchange(device: Device, message: Message, altogether: float) -> tuple[Response, str]:
    """What the service answers to it, and the beginning of the answer's body."""
    try:
        endpoints.check_form(device.endpoint)
        with endpoints.deadline(altogether), _posted(device, message) as response:
            words = response.raw.read(READ).decode(errors="replace")
    except endpoints.BadEndpoint as bad:
        raise GiveUp(f"Not sent: {bad}") from bad
    except (RequestException, HTTPError, OSError) as error:
        raise PushFailed(f"{type(error).__name__}: {error}") from error
    return response, words


def _posted(device: Device, message: Message) -> Response:
    """The answer's head; its body is still to be read. No redirect is followed: it could lead anywhere."""
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    encrypted = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message.data)["body"]
    return endpoints.session().post(
        device.endpoint,
        data=encrypted,
        headers=_headers(device, message),
        timeout=TIMEOUTS,
        allow_redirects=False,
        stream=True,
    )


def _headers(device: Device, message: Message) -> dict[str, str]:
    return {
        "Authorization": vapid.authorization(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.ttl),
        "Topic": topic_header(message.topic),
        "Urgency": "high" if message.urgent else "normal",
    }


def _failure(response: Response, words: str) -> Exception:
    status = response.status_code
    said = f"{status} {response.reason}: {words}".rstrip(": ")
    if status in (404, 410):
        return Unreachable(f"The device is gone: its push service answered {status}.")
    wait = response.headers.get("Retry-After")
    if status == 429 or (status == 503 and wait):
        return Later(_wait(wait), said)
    if status >= 500 or status == 408:
        return PushFailed(said)
    return GiveUp(said)


def _wait(header: str | None) -> timedelta:
    """What Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3), within reason."""
    wait = WAIT
    if header and header.strip().isdigit():
        wait = timedelta(seconds=min(int(header), LONGEST_WAIT.total_seconds()))
    elif header:
        try:
            wait = parsedate_to_datetime(header).astimezone(UTC) - timezone.now()
        except ValueError:
            pass
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
