"""Signing up, in, on and out by API."""

import base64
import json
import os
import re
import subprocess
import sys
import threading
import time

import jwt
import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from accounts import operations
from accounts.models import User
from outbox.models import Message
from tests.api import Api, access_token, assert_problem
from tests.factories import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db

NEW = {"email": "new@example.org", "password": "a long enough secret", "name": "Nora Nový"}


def register(**changes):
    return Api().send("POST", "/api/auth/register", {**NEW, **changes})


def login(user, password=PASSWORD, **headers):
    return Api().send("POST", "/api/auth/login", {"email": user.email, "password": password}, **headers)


def refresh(token):
    return Api().send("POST", "/api/auth/refresh", {"refresh": token})


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


# --- Register ---------------------------------------------------------------------------------------


def test_registering_makes_an_account_and_signs_in():
    response = register()

    assert response.status_code == 201
    answer = response.json()
    user = User.objects.get(email="new@example.org")
    assert answer["user"] == {
        "id": str(user.pk),
        "email": "new@example.org",
        "email_verified": False,
        "name": "Nora Nový",
        "is_staff": False,
        "joined_at": user.joined_at.isoformat().replace("+00:00", "Z"),
        "teams": [],
    }
    assert user.check_password(NEW["password"])
    me = Api().send("GET", "/api/auth/me", Authorization=f"Bearer {answer['access']}")
    assert me.json() == answer["user"]
    assert refresh(answer["refresh"]).status_code == 200


def test_registering_sends_the_mail_that_confirms_the_address():
    register()

    mail = Message.objects.get(fact="mail_requested")
    assert mail.payload["to"] == "new@example.org"
    assert f"{django_settings.BASE_URL}/account/confirm-email/" in mail.payload["text"]


def test_a_role_sent_by_the_client_is_not_looked_at():
    response = register(role="organizer", is_staff=True, is_superuser=True, is_active=False, id="x")

    assert response.status_code == 201
    user = User.objects.get(email="new@example.org")
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    assert list(user.memberships.all()) == []


def test_no_cookie_is_set():
    assert register().cookies == {}
    assert login(make_user()).cookies == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": None}, "email"),
        ({"email": 5}, "email"),
        ({"email": ["a@example.org"]}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "new@example.org"}, "password"),
        ({"password": 1234567890123}, "password"),
        ({"password": None}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": 7}, "name"),
        ({"name": {"first": "N"}}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_makes_no_account_is_named(changes, field):
    assert_problem(register(**changes), 400, "invalid", field)
    assert User.objects.count() == 0


def test_everything_that_is_missing_is_named_at_once():
    response = Api().send("POST", "/api/auth/register", {})
    assert_problem(response, 400, "invalid", "email", "password", "name")


@pytest.mark.parametrize("spelling", ["taken@example.org", "Taken@Example.ORG"])
def test_an_address_that_has_an_account_makes_no_second_one(spelling):
    make_user(email="taken@example.org")

    assert_problem(register(email=spelling), 409, "email-taken")
    assert User.objects.count() == 1
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_address_twice_at_the_same_moment_makes_one_account():
    statuses = at_once(2, lambda: register().status_code)

    assert sorted(statuses) == [201, 409]
    assert User.objects.count() == 1


# --- Log in -----------------------------------------------------------------------------------------


def test_logging_in_answers_like_registering():
    user = make_user("Ada")
    team = make_team(owner=user)

    answer = login(user).json()

    assert sorted(answer) == ["access", "refresh", "user"]
    assert answer["user"]["teams"] == [{"id": str(team.pk), "name": team.name, "role": "owner"}]


def test_tokens_say_who_and_nothing_about_them():
    user = make_user()
    answer = login(user).json()

    assert claims(answer["access"])["sub"] == str(user.pk)
    assert sorted(claims(answer["access"])) == ["exp", "iat", "jti", "sid", "sub", "token_use"]


def test_the_address_may_be_spelled_in_capitals():
    make_user(email="ada@example.org")
    response = Api().send("POST", "/api/auth/login", {"email": "ADA@example.org", "password": PASSWORD})
    assert response.status_code == 200


def test_wrong_passwords_unknown_addresses_and_closed_accounts_get_the_same_answer():
    user, closed = make_user(), make_user(is_active=False)
    unknown = User(email="nobody@example.org")

    answers = [login(user, "wrong"), login(unknown), login(closed), login(closed, "wrong")]

    for answer in answers:
        assert_problem(answer, 401, "sign-in-refused")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert len({answer.content for answer in answers}) == 1
    assert Session.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"email": "a@example.org"}, {"password": "x"}, {"email": 1, "password": 2}])
def test_half_a_login_is_invalid(body):
    assert Api().send("POST", "/api/auth/login", body).status_code == 400


def test_an_expired_token_in_the_header_does_not_hinder_logging_in():
    response = login(make_user(), Authorization="Bearer gone")
    assert response.status_code == 200


# --- Refresh and log out ----------------------------------------------------------------------------


def test_a_refresh_token_works_once():
    first = login(make_user()).json()["refresh"]

    second = refresh(first)

    assert second.status_code == 200
    assert sorted(second.json()) == ["access", "refresh"]
    assert_problem(refresh(first), 401, "session-ended")
    assert refresh(second.json()["refresh"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_refresh_token_used_many_times_at_once_works_once():
    token = login(make_user()).json()["refresh"]

    answers = at_once(6, lambda: refresh(token))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401, 401]
    [winner] = [answer for answer in answers if answer.status_code == 200]
    assert refresh(winner.json()["refresh"]).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", 5, None, ["x"], "x" * 5000])
def test_what_is_no_refresh_token_is_refused(token):
    assert refresh(token).status_code in (400, 401)


def test_an_access_token_is_no_refresh_token():
    assert_problem(refresh(login(make_user()).json()["access"]), 401, "session-ended")


def test_a_refresh_token_ends_with_the_account():
    user = make_user()
    token = login(user).json()["refresh"]
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert_problem(refresh(token), 401, "session-ended")


def test_a_refresh_token_ends_with_the_password():
    user = make_user()
    token = login(user).json()["refresh"]
    user.set_password("quite another secret")
    user.save()

    assert_problem(refresh(token), 401, "session-ended")


def test_logging_out_ends_the_session_and_no_other():
    user = make_user()
    phone, laptop = login(user).json(), login(user).json()

    response = Api().send("POST", "/api/auth/logout", Authorization=f"Bearer {phone['access']}")

    assert response.status_code == 204
    assert_problem(refresh(phone["refresh"]), 401, "session-ended")
    assert refresh(laptop["refresh"]).status_code == 200


def test_one_can_log_out_with_the_refresh_token_when_the_access_token_has_expired():
    token = login(make_user()).json()["refresh"]

    response = Api().send("POST", "/api/auth/logout", {"refresh": token}, Authorization="Bearer expired")

    assert response.status_code == 204
    assert Session.objects.count() == 0
    assert_problem(Api().send("POST", "/api/auth/logout", {"refresh": token}), 401, "session-ended")


def test_logging_out_without_any_token_is_refused():
    assert_problem(Api().send("POST", "/api/auth/logout"), 401, "session-ended")


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


def at_once(times, call):
    """Results of calls made at the same moment, each over a connection of its own."""
    barrier, results = threading.Barrier(times), []

    def run():
        barrier.wait(10)
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


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
