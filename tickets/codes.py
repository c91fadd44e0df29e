"""The signed code in a ticket's QR: whoever holds the public key can check it, without us and offline.

docs/tickets.md describes the format byte by byte, for those who write scanners.
"""

import base64
import binascii
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tickets.models import Ticket

VERSION = 1
KEY_BYTES = 32
EVENT_BYTES = 8
PAYLOAD_BYTES = 1 + 16 + EVENT_BYTES
SIGNATURE_BYTES = 64
CODE_BYTES = PAYLOAD_BYTES + SIGNATURE_BYTES
CODE_LENGTH = -(-CODE_BYTES * 8 // 5)  # base32 without padding: 143 characters
LONGEST_INPUT = 4 * CODE_LENGTH  # what a sloppy reader may add in line breaks and spaces


@dataclass(frozen=True)
class Code:
    """What a genuine code says: which ticket, and the last bytes of its event's id (the random ones)."""

    ticket_id: UUID
    event_suffix: bytes

    def is_for(self, event_id: UUID) -> bool:
        """Whether the ticket is for this event, as far as one can tell without asking the database."""
        return event_id.bytes[-EVENT_BYTES:] == self.event_suffix


def sign(ticket: Ticket) -> str:
    """The code of a ticket: 143 upper-case letters and digits. Needs `booking` fetched."""
    payload = bytes([VERSION]) + ticket.pk.bytes + ticket.booking.event_id.bytes[-EVENT_BYTES:]
    signature = _private_key(settings.TICKET_SIGNING_KEY).sign(payload)
    return base64.b32encode(payload + signature).decode().rstrip("=")


def read(text: str) -> Code | None:
    """What a code says if one of our keys signed it, else None, whatever the text is."""
    raw = _decode(text)
    if raw is None or raw[0] != VERSION:
        return None
    payload, signature = raw[:PAYLOAD_BYTES], raw[PAYLOAD_BYTES:]
    if not any(_verifies(key, payload, signature) for key in _public_keys()):
        return None
    return Code(UUID(bytes=payload[1:17]), payload[17:])


def public_key() -> str:
    """What scanners need: the base64 of the Ed25519 public key (RFC 8032, 32 bytes)."""
    raw = _private_key(settings.TICKET_SIGNING_KEY).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def check_keys() -> None:
    """Raise ImproperlyConfigured, naming the variable, when a configured key is none."""
    _private_key(settings.TICKET_SIGNING_KEY)
    _public_keys()


def _decode(text: str) -> bytes | None:
    """The bytes of a code in its one canonical spelling; case and white space don't count."""
    if len(text) > LONGEST_INPUT or not text.isascii():
        return None
    code = "".join(text.split()).upper()
    if len(code) != CODE_LENGTH:
        return None
    try:
        raw = base64.b32decode(code + "=" * (-CODE_LENGTH % 8))
    except (binascii.Error, ValueError):
        return None
    # The last character carries three spare bits: only zeros are ours.
    return raw if base64.b32encode(raw).decode().rstrip("=") == code else None


def _verifies(key: Ed25519PublicKey, payload: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, payload)
    except InvalidSignature:
        return False
    return True


def _public_keys() -> list[Ed25519PublicKey]:
    """The present key first, then older ones that are still honoured."""
    older = [_older_key(key) for key in settings.TICKET_VERIFY_KEYS]
    return [_private_key(settings.TICKET_SIGNING_KEY).public_key(), *older]


@cache
def _private_key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(seed, "TICKET_SIGNING_KEY"))


@cache
def _older_key(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_key_bytes(key, "TICKET_VERIFY_KEYS"))


def _key_bytes(text: str, setting: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(f"{setting} must hold base64 of exactly {KEY_BYTES} bytes.")
    return raw
