"""Second factors: an authenticator app, passkeys and recovery codes. Allauth keeps them and has the pages; what must
hold whatever happens (a code works once, guessing gets nowhere, secrets are sealed) is seen to here."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.agents import name_of
from accounts.errors import TooManyCodes
from accounts.facts import mail_requested
from accounts.models import User
from accounts.sign_ins import end_others
from core.sealed import seal, unseal
from outbox.operations import announce

APP, CODES, KEY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN
FREE_GUESSES = 5
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)


class FactorAdapter(DefaultMFAAdapter):
    """Allauth's hooks: sealed secrets, our words, and the one public origin that passkeys are bound to."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That is not right, or it has been used before. A code works once.",
        "incorrect_key": "This passkey was not accepted. Try again, or use another way.",
        "unverified_email": "First confirm your e-mail address: it is the way back in if you lose your phone.",
        "cannot_delete_authenticator": "This can't be turned off.",
        "cannot_generate_recovery_codes": "Recovery codes come with an app or a passkey: set one of them up first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed under another SECRET_KEY is lost, and becomes a secret that nobody knows: an empty one would
        have codes that anybody can compute."""
        return unseal(encrypted_text) or generate_totp_secret()

    def build_totp_svg(self, url: str) -> str:
        return segno.make(url, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        return name_of(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.BASE_URL).hostname or "localhost", "name": "Evently"}


def has_factor(user: User) -> bool:
    """Whether an app or a passkey is asked for when they sign in with their password."""
    return Authenticator.objects.filter(user=user.pk, type__in=[APP, KEY]).exists()


@transaction.atomic
def spend(*, user: User, code: str, now: datetime) -> Authenticator | None:
    """Use up a code of the app, or a recovery code: the factor that it is of, or None. Raises TooManyCodes.

    The account's factors are locked, so those who try at the same moment take turns: one code lets one of them in, and
    each wrong one counts. What is counted is in the database, because a guesser must not be let loose by a lost Redis.
    """
    factors = list(Authenticator.objects.select_for_update().filter(user=user.pk, type__in=[APP, CODES]).order_by("pk"))
    if not factors:
        return None
    _refuse_guessers(factors[0], now)
    for factor in factors:
        if _accepts(factor, code):
            _forget_guesses(factors[0])
            return factor
    _note_guess(factors[0], now)
    return None


def mark_used(factor: Authenticator) -> None:
    """The codes of an app that could be read so far count as used: the one that turned it on among them."""
    factor.data["counter"] = max(yield_hotp_counters_from_time()) - settings.MFA_TOTP_TOLERANCE
    factor.save(update_fields=["data"])


def _accepts(factor: Authenticator, code: str) -> bool:
    if factor.type == CODES:
        accepted = factor.wrap().validate_code(code)
        factor.refresh_from_db(fields=["data"])
        return accepted
    secret = FactorAdapter().decrypt(factor.data["secret"])
    for counter in yield_hotp_counters_from_time():
        matches = compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
        if matches and counter > factor.data.get("counter", -1):  # RFC 6238, section 5.2: each is accepted once
            factor.data["counter"] = counter
            factor.save(update_fields=["data"])
            return True
    return False


def _refuse_guessers(first: Authenticator, now: datetime) -> None:
    """After five wrong codes in a row one waits five minutes for the next try, then ten, then twenty …"""
    wrong = first.data.get("wrong", 0)
    if wrong < FREE_GUESSES:
        return
    wait = min(FIRST_WAIT * 2 ** min(wrong - FREE_GUESSES, 20), LONGEST_WAIT)
    left = datetime.fromisoformat(first.data["wrong_at"]) + wait - now
    if left > timedelta(0):
        minutes = ceil(left / timedelta(minutes=1))
        words = f"Too many wrong codes. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        raise TooManyCodes(words, ceil(left.total_seconds()))


def _note_guess(first: Authenticator, now: datetime) -> None:
    first.data |= {"wrong": first.data.get("wrong", 0) + 1, "wrong_at": now.isoformat()}
    first.save(update_fields=["data"])


def _forget_guesses(first: Authenticator) -> None:
    if first.data.pop("wrong", None):
        first.save(update_fields=["data"])


@transaction.atomic
def remove_all(*, user: User) -> bool:
    """Take off what somebody has lost, sign them out everywhere and tell them by mail. False when there is none."""
    if not Authenticator.objects.filter(user=user.pk).delete()[0]:
        return False
    end_others(user=user, here=None)
    announce(
        mail_requested,
        template="factors_removed",
        to=user.email,
        user_id=user.pk,
        subject="Your second step was taken off",
        text="Whoever runs Evently here has taken the authenticator app, passkeys and recovery codes off your account, "
        "because you could not use them any more. You sign in with your password alone now, everywhere anew.\n\n"
        f"Set up a new one here: {settings.BASE_URL}{reverse('mfa_index')}\n\n"
        "If you did not ask for that, choose a new password at once, and write to them.",
    )
    return True
