"""Passkeys as a browser hands them over when they are made."""

import json
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User

PRESENT_AND_VERIFIED = 0b0101  # a person was there, and showed a finger, a face or a PIN
WITH_CREDENTIAL = 0b0100_0000


def make_passkey(user: User, name: str = "Phone") -> Authenticator:
    """One that nobody can use: its private key is thrown away."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": _registration(user)}
    )


def _registration(user: User) -> dict[str, Any]:
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(b"\0" * 16, user.pk.bytes, key)
    seen = AuthenticatorData.create(
        sha256(b"localhost").digest(), PRESENT_AND_VERIFIED | WITH_CREDENTIAL, 0, bytes(credential)
    )
    said = {"type": "webauthn.create", "challenge": websafe_encode(b"\0" * 32), "origin": settings.BASE_URL}
    return {
        "id": websafe_encode(user.pk.bytes),
        "rawId": websafe_encode(user.pk.bytes),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(said).encode()),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", seen, {}))),
        },
    }
