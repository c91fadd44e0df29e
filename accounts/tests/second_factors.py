"""Signing in with a second factor, as tests do."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection

from accounts.models import User
from tests.api import Api, assert_problem
from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXP"


def code_at(step: int = 0, secret: str = SECRET) -> str:
    """The app's code now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def wrong_code() -> str:
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in {code_at(step) for step in range(-3, 4)})


def recovery_codes(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def first_step(user: User) -> dict:
    answer = Api().send("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    return assert_problem(answer, 401, "mfa-required")


def second_step(challenge: str, **code: str):
    return Api().send("POST", "/api/auth/second-factor", {"challenge": challenge, **code})


def at_once(count: int, work):
    ready = Barrier(count)

    def one(number):
        ready.wait(timeout=20)
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count), timeout=60))
