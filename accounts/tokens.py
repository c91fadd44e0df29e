"""Tokens: what a program shows at the API's door, and how it gets the next one."""

import base64
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

# allauth takes for granted that somebody has imported this; before the first PDF nobody has.
import cryptography.hazmat.primitives.ciphers  # noqa: F401
from allauth.headless import app_settings as headless
from allauth.headless.tokens.strategies.jwt import internal
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.facts import session_ended
from accounts.models import User
from core.live.messages import session_digest
from outbox.operations import announce


@dataclass(frozen=True)
class Tokens:
    """`access` opens the API for minutes; `refresh` gets the next pair, once."""

    access: str
    refresh: str


class TokenUser(SimpleLazyObject):
    """The bearer of a valid token: `pk` is known, all else is fetched from the database when first used."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, pk: UUID) -> None:
        super().__init__(lambda: _active_user(pk))
        self.__dict__["pk"] = self.__dict__["id"] = pk

    def __bool__(self) -> bool:
        return True  # without asking the database


def _active_user(pk: UUID) -> User:
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        raise AuthenticationFailed("This account is closed.")
    return user


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, verified by its signature alone. Cookies count for nothing
    here, so no page of somebody else's can act for a visitor.

    The database is not asked: tokens live minutes, and revocation takes hold at the next refresh.
    """

    def authenticate(self, request: Any) -> tuple[TokenUser, dict[str, Any]] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        payload = internal.decode_token(token.strip(), "access")
        if payload is None:
            raise AuthenticationFailed("The access token is not valid or has expired: refresh it.")
        return TokenUser(UUID(payload["sub"])), payload

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="Evently"'


def bearer(authorization: str) -> UUID | None:
    """Who a request's Authorization header speaks for; None without a valid access token.

    For doors that see thousands of new tokens a second: a tenth of the library's time, and it takes nothing that
    the library would not. A token bears our own signature, byte for byte, over all that comes before it (HS256:
    RFC 7515, appendix A.1); so whatever its header says, header and payload are as we wrote them.
    """
    scheme, _, token = authorization.partition(" ")
    signed, _, signature = token.strip().rpartition(".")
    if scheme.lower() != "bearer" or not signed.isascii() or not signature.isascii():
        return None
    if not hmac.compare_digest(_signature(signed.encode()), signature.encode()):
        return None
    payload = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    if payload.get("token_use") != "access" or payload["exp"] <= time.time():
        return None
    return UUID(payload["sub"])


def _signature(signed: bytes) -> bytes:
    digest = hmac.digest(settings.SECRET_KEY.encode(), signed, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


class AccessTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


@transaction.atomic
def renew(*, refresh: str) -> Tokens | None:
    """The next pair of tokens for a refresh token, which is used up by this. None when it is not valid
    (any more): used before, expired, signed out, password changed, account closed."""
    session = _lock_session(refresh, "refresh")
    if session is None:
        return None
    renewed = headless.TOKEN_STRATEGY.refresh_token(refresh)
    if renewed:
        UserSession.objects.filter(session_key=session.pk).update(last_seen_at=timezone.now())
    return Tokens(*renewed) if renewed else None


@transaction.atomic
def end_session(*, token: str, use: str) -> bool:
    """Sign out: the session behind an access or refresh token ends, and every refresh token with it.
    False when there was none."""
    session = _lock_session(token, use)
    if session is None:
        return False
    announce(session_ended, session=session_digest(session.session_key))
    UserSession.objects.filter(session_key=session.session_key).delete()
    session.delete()
    return True


def session_key(payload: Any) -> str:
    """The key of the session behind a token's payload; '' where there is none."""
    return internal.session_key_from_sid(payload["sid"]) or ""


def _lock_session(token: str, use: str) -> Session | None:
    """The session a token belongs to, locked: those who use one token at the same moment take turns, so
    that only one of them gets a new one."""
    payload = internal.decode_token(token, use)
    key = internal.session_key_from_sid(payload["sid"]) if payload else None
    if not key:
        return None
    return Session.objects.select_for_update().filter(pk=key).first()
