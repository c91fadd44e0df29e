"""Signing up and in for programs: allauth's own flows, so that its limits, mails, checks and second factors hold for
the API as they do for pages.

Where a second factor is asked for, signing in takes two steps. Between them there is a session that is nobody's yet.
The challenge names it, signed and for five minutes, and the right code makes it somebody's under another key: so a
challenge lets nobody in twice.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.signup import complete_signup, prevent_enumeration
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.stages import LoginStageController
from allauth.core import ratelimit
from allauth.headless.account.inputs import LoginInput, SignupInput
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.sessionkit import new_session
from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid, session_key_to_sid
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.entrance import as_if_opened, confirms_first
from accounts.errors import CodeRefused, EmailTaken, MfaRequired, SignInRefused, TooManyCodes
from accounts.factors import spend
from accounts.models import User
from accounts.tokens import Tokens
from core.errors import DomainError, Invalid, TooManyRequests
from core.limits import limit

LIMIT_SECONDS = 60  # allauth's limits for signing up and in are per minute
FAILED_SECONDS = 300  # and for one address with the wrong password, per five
CHALLENGE_SECONDS = 300
SECOND_STEP = "/api/auth/second-factor"
_SALT = "accounts.second-step"


def sign_up(*, request: HttpRequest, email: str, password: str, name: str) -> tuple[User, Tokens] | None:
    """Create an account, send the mail that confirms its address, and sign in.

    Raises TooManyRequests, Invalid, or EmailTaken: who is signed in at once learns whether there was an account, and
    what is left against those who try many addresses is a limit per network. Where addresses are confirmed first
    (`CONFIRM_ADDRESS_FIRST`) the answer is None for a known and an unknown one, and a mail says which it was.
    """
    _count(request, "signup")
    form = SignupInput({"email": email, "password": password, "name": name})
    valid = form.is_valid()
    if form.has_error("email", "email_taken"):
        limit(request, "taken")
        raise EmailTaken("There is an account with this e-mail address already: sign in instead.")
    if not valid:
        raise Invalid({field: [str(sentence) for sentence in errors] for field, errors in form.errors.items()})
    if not confirms_first():
        return _sign_up_at_once(request, form)
    if form.account_already_exists or not _opened(request, form):
        with _own_session(request):
            as_if_opened(form, request)
            prevent_enumeration(request, email=form.cleaned_data["email"])
            request.session.flush()
    return None


def _sign_up_at_once(request: HttpRequest, form: SignupInput) -> tuple[User, Tokens]:
    with _own_session(request), transaction.atomic():
        user = form.save(request)
        return user, _tokens(request, complete_signup(request, user=user))


def _opened(request: HttpRequest, form: SignupInput) -> bool:
    """Whether the account was made that waits for its link; another request may have been a moment faster."""
    try:
        with _own_session(request), transaction.atomic():
            complete_signup(request, user=form.save(request))
            request.session.flush()  # a step of signing in that nobody will take: the link leads to a page
    except EmailTaken:
        return False
    return True


def sign_in(*, request: HttpRequest, email: str, password: str) -> tuple[User, Tokens]:
    """Sign in with a password. Raises TooManyRequests, SignInRefused (in the same words for an unknown address, a wrong
    password and a closed account), or MfaRequired with the challenge that goes with a code to `finish_sign_in`."""
    _count(request, "login")
    with _own_session(request):
        form = LoginInput({"email": email, "password": password})
        if form.is_valid():
            response = perform_password_login(request, form.cleaned_data, form.login)
            stage = get_pending_stage(request)
            if stage and stage.key == AuthenticateStage.key:
                raise _challenge(request, form.login.user)
            return form.login.user, _tokens(request, response)
    if form.has_error("__all__", "too_many_login_attempts"):
        raise TooManyRequests("Too many failed attempts. Try again in five minutes.", FAILED_SECONDS)
    raise SignInRefused("No account has this e-mail address and password.")


def finish_sign_in(*, request: HttpRequest, challenge: str, code: str, now: datetime) -> tuple[User, Tokens]:
    """Show the second factor: a code of the app, or a recovery code. Raises TooManyRequests, TooManyCodes,
    SignInRefused when the challenge is over, or CodeRefused: then another code may be tried with the same challenge."""
    _count(request, "login")
    with transaction.atomic():
        outcome = _show_code(request, _session_of(challenge, now), code, now)
    if isinstance(outcome, DomainError):  # not raised within: that a guess was wrong is to stay on record
        raise outcome
    return outcome


def _show_code(
    request: HttpRequest, session: SessionBase, code: str, now: datetime
) -> tuple[User, Tokens] | DomainError:
    with _own_session(request, session):
        stage = LoginStageController.enter(request, AuthenticateStage.key)
        if stage is None or stage.login.user is None:
            return SignInRefused("Sign in with your password again.")
        user = stage.login.user
        try:
            factor = spend(user=user, code=code, now=now)
        except TooManyCodes as refusal:
            return refusal
        if factor is None:
            return CodeRefused("This code is wrong, or has been used before.")
        factor.user = user
        post_authentication(request, factor)
        request.session.set_expiry(None)
        return user, _tokens(request, stage.exit())


def _challenge(request: HttpRequest, user: User) -> MfaRequired:
    """The refusal that says how to go on, once its session is kept."""
    request.session.set_expiry(CHALLENGE_SECONDS)
    request.session.save()
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    fields = {Authenticator.Type.TOTP: "code", Authenticator.Type.RECOVERY_CODES: "recovery_code"}
    return MfaRequired(
        f"Send the challenge with a code of your app, or with a recovery code, to {SECOND_STEP}.",
        challenge=signing.dumps(session_key_to_sid(request.session.session_key or ""), salt=_SALT),
        expires_in=CHALLENGE_SECONDS,
        url=SECOND_STEP,
        fields=[field for kind, field in fields.items() if kind in kinds],
    )


def _session_of(challenge: str, now: datetime) -> SessionBase:
    """The session between the two steps, locked: of those who use one challenge at the same moment one gets in."""
    try:
        key = session_key_from_sid(signing.loads(challenge, salt=_SALT, max_age=CHALLENGE_SECONDS))
    except signing.BadSignature:
        key = None
    if not key or not Session.objects.select_for_update().filter(pk=key, expire_date__gt=now).exists():
        raise SignInRefused("This challenge is over. Sign in with your password again.")
    return SessionStore(key)


def _count(request: HttpRequest, action: str) -> None:
    if not ratelimit.consume(request, action=action):
        raise TooManyRequests("That was too often. Try again in a minute.", LIMIT_SECONDS)


@contextmanager
def _own_session(request: HttpRequest, begun: SessionBase | None = None) -> Iterator[None]:
    """Let allauth work in a server-side session (a new one, or one that was begun) that no cookie carries: the refresh
    token stands for it. Whatever cookies came with the request are neither used nor touched."""
    mark_request_as_headless(request, Client.APP)
    user, session = request.user, request.session
    request.user, request.session = AnonymousUser(), new_session() if begun is None else begun
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
