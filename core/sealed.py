"""Secrets that have to be kept in the database: sealed with a key that is not in it."""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(secret: str) -> str:
    """What may be stored of a secret; nothing for nothing."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret again. Empty when it was sealed under another SECRET_KEY: it has to be entered once more."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


@cache
def _box() -> Fernet:
    """Fernet (AES-128-CBC with HMAC-SHA-256), its key derived from SECRET_KEY by HKDF (RFC 5869)."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"evently sealed secrets").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
