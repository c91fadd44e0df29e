"""Access tokens, what one is by them, and limits."""

import os
import re
import subprocess
import sys
import time

import jwt
import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.core.cache import cache

from accounts import operations
from accounts.models import User
from accounts.tests.programs import NEW, login, register
from tests.api import Api, access_token, assert_problem
from tests.factories import make_user

pytestmark = pytest.mark.django_db


# --- Access tokens ----------------------------------------------------------------------------------


def forged(user, key="f" * 60, algorithm="HS256"):
    payload = {"sub": str(user.pk), "sid": "s", "jti": "j", "token_use": "access", "exp": time.time() + 60}
    return jwt.encode(payload, key, algorithm=algorithm)


@pytest.mark.parametrize(
    "token_of",
    [
        lambda user: access_token(user, expires_in=-1),
        lambda user: access_token(user, use="refresh"),
        lambda user: forged(user),
        lambda user: forged(user, key=None, algorithm="none"),
        lambda user: access_token(user)[:-3],
        lambda user: access_token(user) + " x",
        lambda user: "",
        lambda user: "....",
        lambda user: "é" * 50,
        lambda user: "x" * 8000,
    ],
)
def test_a_bad_access_token_is_refused_with_a_challenge(token_of):
    response = Api().send("GET", "/api/auth/me", Authorization=f"Bearer {token_of(make_user())}")

    assert_problem(response, 401, "not-authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="Evently"'


def test_a_bad_token_is_refused_even_where_none_is_needed():
    response = Api().send("GET", "/api/events", Authorization="Bearer forged")
    assert_problem(response, 401, "not-authenticated")


def test_no_token_and_other_schemes_are_nobody():
    assert_problem(Api().send("GET", "/api/auth/me"), 401, "not-authenticated")
    assert_problem(Api().send("GET", "/api/auth/me", Authorization="Basic eDp5"), 401, "not-authenticated")


def test_a_session_cookie_counts_for_nothing():
    api = Api()
    api.force_login(make_user())
    assert_problem(api.send("GET", "/api/auth/me"), 401, "not-authenticated")


def test_a_token_of_a_closed_account_is_refused_where_the_account_is_looked_at():
    user = make_user()
    api = Api(user)
    operations.close_account(user=user, now=user.joined_at)
    assert_problem(api.send("GET", "/api/auth/me"), 401, "not-authenticated")


def test_a_valid_token_is_checked_without_the_database(django_assert_num_queries):
    api = Api(make_user())
    with django_assert_num_queries(1):  # the bookings; nothing about the user
        response = api.send("GET", "/api/bookings/my?limit=1&status=confirmed")
    assert response.status_code == 200


# --- Me ---------------------------------------------------------------------------------------------


def test_one_can_change_the_name_and_nothing_else():
    user = make_user("Ada")
    response = Api(user).send("PATCH", "/api/auth/me", {"name": "Ada L.", "is_staff": True, "email": "x@example.org"})

    assert response.status_code == 200
    assert response.json()["name"] == "Ada L."
    changed = User.objects.get(pk=user.pk)
    assert (changed.name, changed.email, changed.is_staff) == ("Ada L.", user.email, False)


@pytest.mark.parametrize("name", ["", "  ", None, 5, "x" * 121, ["a"]])
def test_a_name_that_is_none_changes_nothing(name):
    user = make_user("Ada")
    assert_problem(Api(user).send("PATCH", "/api/auth/me", {"name": name}), 400, "invalid", "name")
    assert User.objects.get(pk=user.pk).name == "Ada"


# --- Limits -----------------------------------------------------------------------------------------


@pytest.fixture
def limits(settings):
    """Limits as in production, with fresh counters."""
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.RATELIMIT_ENABLE = True
    yield settings
    cache.clear()


def test_guessing_one_persons_password_ends_after_five_attempts(limits):
    user = make_user()
    answers = [login(user, f"guess {number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert_problem(login(user), 429, "too-many-requests")


def test_signing_up_is_limited_by_address(limits):
    limits.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    answers = [register(email=f"new{number}@example.org") for number in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert re.fullmatch(r"\d+", answers[-1]["Retry-After"])
    assert User.objects.count() == 2


def test_people_can_sign_up_and_in_while_redis_is_away(limits):
    away = {**limits.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    limits.CACHES = {"default": away}

    assert register().status_code == 201
    assert login(User.objects.get(), NEW["password"]).status_code == 200
    assert login(User.objects.get(), "wrong").status_code == 401


def test_a_made_up_forwarding_header_does_not_get_round_the_limit(limits):
    limits.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    user = make_user()
    statuses = [login(user, X_Forwarded_For=f"10.0.0.{number}").status_code for number in range(3)]
    assert statuses == [200, 200, 429]


def test_tokens_are_signed_with_our_own_key():
    assert internal.decode_token(access_token(make_user()), "access")


def test_the_first_token_of_a_new_process_can_be_made():
    program = (
        "import django; django.setup(); import evently.urls;"
        "from allauth.headless.tokens.strategies.jwt.internal import session_key_to_sid, session_key_from_sid;"
        "print(session_key_from_sid(session_key_to_sid('key')))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "evently.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "key\n", done.stderr
