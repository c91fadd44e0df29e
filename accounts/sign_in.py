"""Signing up and in for programs: allauth's own flows, so that its limits, mails, checks and (once they
are in use) second factors hold for the API as they do for pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.signup import complete_signup
from allauth.core import ratelimit
from allauth.headless.account.inputs import LoginInput, SignupInput
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.sessionkit import new_session
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.errors import EmailTaken, SignInRefused
from accounts.models import User
from accounts.tokens import Tokens
from core.errors import Invalid, TooManyRequests

LIMIT_SECONDS = 60  # allauth's limits for signing up and in are per minute
FAILED_SECONDS = 300  # and for one address with the wrong password, per five


def sign_up(*, request: HttpRequest, email: str, password: str, name: str) -> tuple[User, Tokens]:
    """Create an account, send the mail that confirms its address, and sign in.

    Raises TooManyRequests, Invalid, or EmailTaken. Pages hide whether an address is known, by answering
    both cases with "look into your mailbox". A program expects its tokens at once, so here the two cases
    can't look the same; what is left against those who try many addresses is the limit per network.
    """
    _count(request, "signup")
    form = SignupInput({"email": email, "password": password, "name": name})
    valid = form.is_valid()
    if form.account_already_exists or form.has_error("email", "email_taken"):
        raise EmailTaken("There is an account with this e-mail address already: sign in instead.")
    if not valid:
        raise Invalid({field: [str(sentence) for sentence in errors] for field, errors in form.errors.items()})
    with _own_session(request), transaction.atomic():
        user = form.save(request)
        return user, _tokens(request, complete_signup(request, user=user))


def sign_in(*, request: HttpRequest, email: str, password: str) -> tuple[User, Tokens]:
    """Sign in with a password. Raises TooManyRequests, or SignInRefused: in the same words for an unknown
    address, a wrong password and a closed account."""
    _count(request, "login")
    with _own_session(request):
        form = LoginInput({"email": email, "password": password})
        if form.is_valid():
            response = perform_password_login(request, form.cleaned_data, form.login)
            return form.login.user, _tokens(request, response)
    if form.has_error("__all__", "too_many_login_attempts"):
        raise TooManyRequests("Too many failed attempts. Try again in five minutes.", FAILED_SECONDS)
    raise SignInRefused("No account has this e-mail address and password.")


def _count(request: HttpRequest, action: str) -> None:
    if not ratelimit.consume(request, action=action):
        raise TooManyRequests("That was too often. Try again in a minute.", LIMIT_SECONDS)


@contextmanager
def _own_session(request: HttpRequest) -> Iterator[None]:
    """Let allauth work in a new server-side session that no cookie carries: the refresh token stands for
    it. Whatever cookies came with the request are neither used nor touched."""
    mark_request_as_headless(request, Client.APP)
    user, session = request.user, request.session
    request.user, request.session = AnonymousUser(), new_session()
    request.allauth.headless._pre_user = request.user  # type: ignore[attr-defined]  # as allauth's decorator does
    try:
        yield
        if not request.session.is_empty():
            request.session.save()
    finally:
        request.user, request.session = user, session
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False


def _tokens(request: HttpRequest, response: HttpResponseBase) -> Tokens:
    """The tokens in allauth's answer. There are none while a further step is missing, or for a closed account."""
    meta = json.loads(AuthenticationResponse.from_response(request, response).content)["meta"]
    if "access_token" not in meta:
        raise SignInRefused("No account has this e-mail address and password.")
    return Tokens(meta["access_token"], meta["refresh_token"])
