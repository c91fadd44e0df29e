"""The API's doors to accounts: sign up, sign in, stay signed in, sign out, and oneself."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import operations, serializers
from accounts.errors import SessionEnded
from accounts.models import User
from accounts.requests import SignedInCall
from accounts.sign_in import finish_sign_in, sign_in, sign_up
from accounts.tokens import Tokens, end_session, renew
from core.limits import limit
from core.rest.fields import cleaned


class Door(APIView):
    """A door for those who are not signed in (yet): an expired token in the header does no harm."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class Register(Door):
    @extend_schema(
        request=serializers.SignUp,
        responses={201: serializers.SignedIn, 202: serializers.Mailed},
        operation_id="auth_register",
    )
    def post(self, request: Request) -> Response:
        """Create an account.

        202 for any address and without tokens: the account opens by the link in the mail, then sign in. Who has an
        account already is told so by mail.

        Sites that let people in at once answer 201 with tokens, and 409 `email-taken` when there is an account with
        the address already.
        """
        data = cleaned(serializers.SignUp, request)
        signed_in = sign_up(request=request._request, **data)
        if signed_in is None:
            return Response({"detail": "We have sent a mail. Open the link in it, and then sign in."}, status=202)
        return _signed_in(*signed_in, 201)


class Login(Door):
    @extend_schema(request=serializers.SignIn, responses=serializers.SignedIn, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign in. 401 `sign-in-refused`, in the same words whatever was wrong.

        401 `mfa-required` when the password was right and a second factor is asked for too: send the `challenge` it
        brings, within five minutes, to /api/auth/second-factor.
        """
        data = cleaned(serializers.SignIn, request)
        user, tokens = sign_in(request=request._request, **data)
        return _signed_in(user, tokens, 200)


class SecondFactor(Door):
    @extend_schema(request=serializers.SecondFactor, responses=serializers.SignedIn, operation_id="auth_second_factor")
    def post(self, request: Request) -> Response:
        """Finish signing in, with a code of the app or a recovery code.

        401 `code-refused` for a wrong or used one: try another with the same challenge. 429 `too-many-codes` after
        five wrong ones in a row, with the seconds to wait, which double. 401 `sign-in-refused` when the challenge is
        over.
        """
        data = cleaned(serializers.SecondFactor, request)
        user, tokens = finish_sign_in(request=request._request, now=timezone.now(), **data)
        return _signed_in(user, tokens, 200)


class Refresh(Door):
    @extend_schema(request=serializers.Refresh, responses=serializers.Tokens, operation_id="auth_refresh")
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair. Each works once; afterwards it is 401 `session-ended`."""
        limit(request._request, "refresh")
        tokens = renew(**cleaned(serializers.Refresh, request))
        if tokens is None:
            raise SessionEnded("This refresh token is not valid (any more).")
        return Response({"access": tokens.access, "refresh": tokens.refresh})


class Logout(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=serializers.SignOut, responses={204: None}, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """End the session, and with it every refresh token.

        The session is that of the access token in the header or, when that one has expired, of the
        `refresh` token in the body. An access token that is out there works until it expires.
        """
        refresh = cleaned(serializers.SignOut, request).get("refresh")
        scheme, _, access = request.headers.get("Authorization", "").partition(" ")
        ended = refresh is not None and end_session(token=refresh, use="refresh")
        if not ended and not (scheme.lower() == "bearer" and end_session(token=access.strip(), use="access")):
            raise SessionEnded("There is no session with these tokens (any more).")
        return Response(status=204)


class Me(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.Person, operation_id="auth_me")
    def get(self, request: SignedInCall) -> Response:
        """Yourself, and the teams you belong to."""
        return Response(serializers.Person(request.user).data)

    @extend_schema(request=serializers.Profile, responses=serializers.Person, operation_id="auth_me_update")
    def patch(self, request: SignedInCall) -> Response:
        """Change how you are called."""
        user = User.objects.get(pk=request.user.pk)
        data = cleaned(serializers.Profile, request)
        if data:
            user = operations.update_profile(user=user, **data)
        return Response(serializers.Person(user).data)


def _signed_in(user: User, tokens: Tokens, status: int) -> Response:
    answer = {"user": user, "access": tokens.access, "refresh": tokens.refresh}
    return Response(serializers.SignedIn(answer).data, status=status)
