"""The browsers somebody is told on."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from core.errors import Invalid
from notifications.errors import PushIsOff, TestFailed, Unreachable
from notifications.models import Device
from notifications.push import endpoints, vapid
from notifications.push.message import Message
from notifications.push.sending import PushFailed, post
from outbox.errors import GiveUp, Later

MOST = 10  # of one person
AUTH_BYTES = 16  # RFC 8291, 3.2
TEST_SECONDS = 6.0
IN_SESSION = "device"  # where a session keeps its device's id: its key changes with the password


def register(
    *,
    user_id: UUID,
    endpoint: str,
    p256dh: str,
    auth: str,
    label: str,
    session: str = "",
    instead_of: str = "",
    now: datetime,
) -> Device:
    """Have somebody told by a browser: its push service's address and the keys it gave (RFC 8291), in base64url.

    Once for each address, whoever had it before; of more than ten devices those go that were not reached for longest.
    `session` is the digest of the session it belongs to, '' where there is none; `instead_of` an address of theirs that
    the browser has given up. Raises Invalid, naming the field.
    """
    if not vapid.is_on():
        raise PushIsOff("This site has no push messages.")
    keys = {"p256dh": _point(p256dh), "auth": _secret(auth)}
    try:
        endpoints.check(endpoint)
    except endpoints.BadEndpoint as bad:
        raise Invalid({"endpoint": [str(bad)]}) from bad
    device = Device(user_id=user_id, endpoint=endpoint, label=label, session=session, created_at=now, **keys)
    return _save(device, instead_of)


@transaction.atomic
def _save(device: Device, instead_of: str) -> Device:
    # One at a time for each person, so that there are never more than ten.
    User.objects.select_for_update(no_key=True).get(pk=device.user_id)
    # What is on its way to whoever was signed in here before must not reach who is now.
    Device.objects.filter(endpoint=device.endpoint).exclude(user=device.user_id).delete()
    Device.objects.filter(endpoint=instead_of, user=device.user_id).exclude(endpoint=device.endpoint).delete()
    Device.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["endpoint"],
        update_fields=["user", "p256dh", "auth", "label", "session"],
    )
    saved = Device.objects.get(endpoint=device.endpoint)
    others = Device.objects.filter(user=device.user_id).exclude(pk=saved.pk)
    by_use = others.order_by(Coalesce(F("reached_at"), F("created_at")).desc(), "-id")
    Device.objects.filter(pk__in=by_use.values_list("pk", flat=True)[MOST - 1 :]).delete()
    return saved


def remove(*, device_id: UUID) -> None:
    """Don't tell them there any more; what is on its way is dropped."""
    Device.objects.filter(pk=device_id).delete()


def sign_out(*, session: str) -> None:
    """The session of this digest is over: its browser is told nothing more."""
    Device.objects.filter(session=session).exclude(session="").delete()


def sign_out_elsewhere(*, user_id: UUID, device_id: str | None, session: str) -> None:
    """All sessions of theirs but this one are over: so are their devices, but for this one's."""
    theirs = Device.objects.filter(user=user_id)
    if device_id:
        theirs.filter(pk=device_id).update(session=session)
        theirs = theirs.exclude(pk=device_id)
    theirs.delete()


def reached(*, device_id: UUID, now: datetime) -> None:
    """Its push service took a message."""
    Device.objects.filter(pk=device_id).update(reached_at=now)


def test(*, device: Device, now: datetime) -> None:
    """Send a message that says that it works, at once. Raises TestFailed with what went wrong; a device that is gone is
    removed."""
    message = Message(
        {
            "kind": "test",
            "title": "It works",
            "body": "This is how Evently tells you about your bookings.",
            "url": reverse("notifications:devices"),
            "tag": "test",
        },
        topic="test",
        ttl=60,
        urgent=True,
    )
    try:
        post(device, message, altogether=TEST_SECONDS)
    except Unreachable as gone:
        remove(device_id=device.pk)
        raise TestFailed(f"{device} does not take messages any more, and was removed.") from gone
    except (GiveUp, Later, PushFailed) as failure:
        raise TestFailed(f"The push service of {device} did not take the message.") from failure
    reached(device_id=device.pk, now=now)


def _point(text: str) -> str:
    """The browser's public key."""
    try:
        data = _bytes(text)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        data = b""
    if len(data) != 65:
        raise Invalid({"p256dh": ["The browser's key: 65 bytes of a point on P-256, in base64url."]})
    return _base64(data)


def _secret(text: str) -> str:
    try:
        data = _bytes(text)
    except ValueError:
        data = b""
    if len(data) != AUTH_BYTES:
        raise Invalid({"auth": [f"The browser's secret: {AUTH_BYTES} bytes, in base64url."]})
    return _base64(data)


def _bytes(text: str) -> bytes:
    """ValueError for what is no base64url; with or without its padding."""
    plain = text.rstrip("=").encode()
    return binascii.a2b_base64(plain.translate(_STANDARD) + b"=" * (-len(plain) % 4), strict_mode=True)


_STANDARD = bytes.maketrans(b"-_", b"+/")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
