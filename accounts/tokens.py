"""Access tokens at the API's door."""

from uuid import UUID

from allauth.headless.tokens.strategies.jwt import internal
from django.utils.functional import SimpleLazyObject
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import User


class TokenUser(SimpleLazyObject):
    """The bearer of a valid token: `pk` is known, all else is fetched from the database when first used."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, pk: UUID) -> None:
        super().__init__(lambda: _active_user(pk))
        self.__dict__["pk"] = pk


def _active_user(pk: UUID) -> User:
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        raise AuthenticationFailed("This account is closed.")
    return user


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, verified by its signature alone.

    The database is not asked: tokens live minutes, and revocation takes hold at the next refresh.
    """

    def authenticate(self, request):
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        payload = internal.decode_token(token.strip(), "access")
        if payload is None:
            raise AuthenticationFailed("The access token is not valid or has expired: refresh it.")
        return TokenUser(UUID(payload["sub"])), payload

    def authenticate_header(self, request):
        return 'Bearer realm="Evently"'
