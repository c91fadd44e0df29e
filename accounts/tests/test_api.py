"""Signing up, in, on and out by API."""

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.tests.programs import NEW, at_once, claims, login, refresh, register
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db


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
