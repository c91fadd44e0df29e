"""Where people are signed in: seen, and ended."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import sign_ins
from accounts.agents import name_of
from accounts.models import User
from accounts.tasks import forget_expired_sessions
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


def browser(user: User, agent: str = FIREFOX) -> Client:
    page = Client(headers={"User-Agent": agent})
    page.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return page


def program(user: User) -> dict[str, str]:
    body = {"email": user.email, "password": PASSWORD}
    return Api().send("POST", "/api/auth/login", body, User_Agent="door-scanner/2.1").json()


def refresh(tokens: dict[str, str]):
    return Api().send("POST", "/api/auth/refresh", {"refresh": tokens["refresh"]})


def shown(page: Client) -> list[tuple[str, bool, bool]]:
    return [(one.name, one.is_here, one.is_program) for one in page.get("/account/sessions").context["sign_ins"]]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Safari/605", "Safari on Mac"),
        ("curl/8.5.0", "curl"),
        ("door-scanner/2.1 (+https://example.org)", "door-scanner"),
        ("", "Unknown device"),
        ("Mozilla/5.0", "Unknown device"),
        ("<script>", "Unknown device"),
        ("\u202e", "Unknown device"),
    ],
)
def test_browsers_and_programs_are_named_as_people_know_them(agent, name):
    assert name_of(agent) == name


def test_all_of_them_are_shown_this_one_first():
    ada = make_user("Ada")
    here = browser(ada)
    browser(ada, IPHONE)
    program(ada)
    assert shown(here) == [
        ("Firefox on Linux", True, False),
        ("door-scanner", False, True),
        ("Safari on iPhone", False, False),
    ]


def test_the_list_takes_three_queries_however_long(django_assert_num_queries):
    ada = make_user("Ada")
    for _ in range(4):
        browser(ada)
    with django_assert_num_queries(3):
        assert len(sign_ins.sign_ins_of(ada, here=None, now=timezone.now())) == 4


def test_one_is_ended_and_no_other():
    ada = make_user("Ada")
    here, there, tokens = browser(ada), browser(ada, IPHONE), program(ada)
    note = UserSession.objects.get(user_agent=IPHONE)
    here.post("/account/sessions", {"end": note.pk})
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert refresh(tokens).status_code == 200


def test_a_program_that_is_ended_gets_no_more_tokens():
    ada = make_user("Ada")
    here, tokens = browser(ada), program(ada)
    here.post("/account/sessions", {"end": UserSession.objects.get(user_agent="door-scanner/2.1").pk})
    assert_problem(refresh(tokens), 401, "session-ended")
    assert Message.objects.filter(fact="session_ended").count() == 1  # its devices are told nothing any more


def test_all_others_are_ended_at_once():
    ada = make_user("Ada")
    here, there, tokens = browser(ada), browser(ada, IPHONE), program(ada)
    here.post("/account/sessions", {"others": ""})
    assert there.get("/account/").status_code == 302
    assert_problem(refresh(tokens), 401, "session-ended")
    assert shown(here) == [("Firefox on Linux", True, False)]


def test_nobody_ends_somebody_else_s():
    ada, eve = make_user("Ada"), make_user("Eve")
    victim, attacker = browser(ada), browser(eve)
    attacker.post("/account/sessions", {"end": UserSession.objects.get(user=ada).pk})
    attacker.post("/account/sessions", {"others": ""})
    assert victim.get("/account/").status_code == 200


@pytest.mark.parametrize("end", ["", "x", "0", "-1", "9" * 30, "1\x00", "é"])
def test_what_names_none_ends_none(end):
    page = browser(make_user())
    assert page.post("/account/sessions", {"end": end}).status_code == 302
    assert page.get("/account/sessions").status_code == 200


def test_those_of_an_old_password_are_not_shown():
    ada = make_user("Ada")
    here, tokens = browser(ada), program(ada)
    new = "a different horse"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert shown(here) == [("Firefox on Linux", True, False)]
    assert_problem(refresh(tokens), 401, "session-ended")


def test_signing_in_forgets_those_that_have_expired():
    ada = make_user("Ada")
    browser(ada)
    Session.objects.update(expire_date=timezone.now())
    here = browser(ada, IPHONE)
    assert UserSession.objects.count() == 1
    assert shown(here) == [("Safari on iPhone", True, False)]


def test_a_visit_is_noted_now_and_then_and_costs_nothing_else(django_assert_num_queries):
    ada = make_user("Ada")
    page = browser(ada)
    UserSession.objects.update(last_seen_at=ada.joined_at)
    page.get("/account/privacy")
    assert UserSession.objects.get().last_seen_at == ada.joined_at
    sign_ins._seen.clear()  # as ten minutes later, or in another process
    page.get("/account/privacy")
    assert UserSession.objects.get().last_seen_at > ada.joined_at


def test_refreshing_tokens_is_a_visit():
    ada = make_user("Ada")
    tokens = program(ada)
    UserSession.objects.update(last_seen_at=ada.joined_at)
    refresh(tokens)
    assert UserSession.objects.get().last_seen_at > ada.joined_at


def test_a_first_second_factor_ends_who_got_in_without(django_capture_on_commit_callbacks):
    ada = make_user("Ada")
    here, there, tokens = browser(ada), browser(ada, IPHONE), program(ada)
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/account/reauthenticate/", {"password": PASSWORD})
        secret = here.get("/account/security/totp/activate/").context["form"].secret
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        here.post("/account/security/totp/activate/", {"code": code})
    assert there.get("/account/").status_code == 302
    assert_problem(refresh(tokens), 401, "session-ended")
    assert here.get("/account/").status_code == 200


def test_expired_sessions_are_forgotten_every_day_with_where_they_were_used():
    ada = make_user("Ada")
    browser(ada)
    Session.objects.update(expire_date=ada.joined_at)
    here = browser(make_user("Bob"))
    forget_expired_sessions()
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert here.get("/account/").status_code == 200
