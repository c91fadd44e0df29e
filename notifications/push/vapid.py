"""Who sends: the key by which push services know this site (VAPID, RFC 8292)."""

import base64
import time
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02, VapidException

# A signed token serves one push service for four hours and is valid for twelve; a day is the most (RFC 8292, 2).
RENEWED = 4 * 3600
VALID = 12 * 3600


def is_on() -> bool:
    """Whether there is a key, and with it push at all."""
    return bool(settings.VAPID_PRIVATE_KEY)


def check() -> None:
    """Sooner than at the first message: ImproperlyConfigured where push is on with a key or a subject that won't do."""
    if is_on():
        public_key()
        try:
            authorization("https://push.example.org/")
        except VapidException as error:
            wrong = (
                "VAPID_SUBJECT has to be mailto:somebody@example.org, or https:// with a host name and nothing else."
            )
            raise ImproperlyConfigured(wrong) from error


def public_key() -> str:
    """What browsers subscribe with: the point of the curve, uncompressed, in base64url. Empty where push is off."""
    if not is_on():
        return ""
    return _base64(_signer(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(*POINT))


def authorization(endpoint: str) -> str:
    """The Authorization header for the push service of this endpoint."""
    address = urlsplit(endpoint)
    slot = int(time.time() // RENEWED)
    return _signed(
        f"{address.scheme}://{address.netloc}", settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT, slot * RENEWED
    )


def new_private_key() -> str:
    """A key as the setting has it: the 32 bytes of a P-256 key in base64url."""
    return _base64(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32))


POINT = (Encoding.X962, PublicFormat.UncompressedPoint)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _signer(private_key: str) -> Vapid02:
    try:
        if len(base64.urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))) == 32:
            return Vapid02.from_raw(private_key.encode())
    except ValueError:
        pass
    wrong = "VAPID_PRIVATE_KEY is no P-256 key in base64url. Empty it; `manage.py generate_vapid_keys` makes one."
    raise ImproperlyConfigured(wrong)


@lru_cache(maxsize=256)
def _signed(origin: str, private_key: str, subject: str, since: int) -> str:
    """Signing costs more than all else of sending, and one token will do for every message to a service."""
    claims = {"aud": origin, "exp": since + VALID, "sub": subject}
    return str(_signer(private_key).sign(claims)["Authorization"])
