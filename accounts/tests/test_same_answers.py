"""Who tries addresses learns nothing of whose have accounts; where one is signed in at once, not many."""

import re
from contextlib import contextmanager

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from core.limits import ACCOUNT_RATES
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.org", "nobdy@example.org"
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def known() -> User:
    user = make_user("Ada", email=KNOWN)
    EmailAddress.objects.create(user=user, email=KNOWN, primary=True, verified=True)
    return user


@pytest.fixture
def first(settings):
    """A site that confirms addresses first."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


@contextmanager
def counted(monkeypatch):
    """How often a password is hashed, which is what takes time."""
    done = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    with monkeypatch.context() as patch:
        patch.setattr(hasher, "encode", lambda self, *args, **more: done.append(1) or encode(self, *args, **more))
        yield done


def said(answer, email: str) -> tuple[int, dict[str, str], list[str], str]:
    """All that can be seen of an answer."""
    words = CHANGING.sub("", answer.content.decode()).replace(email, "?")
    headers = {name: value for name, value in answer.items() if name not in ("Expires", "X-Request-ID")}
    return answer.status_code, headers, sorted(answer.cookies), words


def page_sign_in(email: str):
    return Client().post("/account/login/", {"login": email, "password": "wrong password"})


def api_sign_in(email: str):
    return Api().send("POST", "/api/auth/login", {"email": email, "password": "wrong password"})


def page_sign_up(email: str):
    return Client().post("/account/signup/", {"name": "Eve", "email": email, "password1": PASSWORD})


def api_sign_up(email: str):
    return Api().send("POST", "/api/auth/register", {"email": email, "password": PASSWORD, "name": "Eve"})


def reset(email: str):
    return Client().post("/account/password/reset/", {"email": email})


@pytest.mark.parametrize("door", [page_sign_in, api_sign_in, reset], ids=lambda door: door.__name__)
def test_signing_in_and_resetting_answer_alike_with_as_much_work(door, known, monkeypatch):
    with counted(monkeypatch) as for_known:
        one = said(door(KNOWN), KNOWN)
    with counted(monkeypatch) as for_unknown:
        other = said(door(UNKNOWN), UNKNOWN)
    assert one == other
    assert len(for_known) == len(for_unknown)


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up], ids=lambda door: door.__name__)
def test_signing_up_answers_alike_where_addresses_are_confirmed_first(door, known, first, monkeypatch):
    with counted(monkeypatch) as for_known:
        one = said(door(KNOWN), KNOWN)
    with counted(monkeypatch) as for_unknown:
        other = said(door(UNKNOWN), UNKNOWN)
    assert one == other and one[0] in (202, 302)
    assert len(for_known) == len(for_unknown) == 1
    letters = Message.objects.filter(fact="mail_requested").order_by("pk").values_list("payload", flat=True)
    assert [(one["to"], one["template"]) for one in letters] == [
        (KNOWN, "account_already_exists"),
        (UNKNOWN, "email_confirmation_signup"),
    ]
    assert User.objects.get(email=KNOWN).check_password(PASSWORD)


AFTERWARDS = ["/account/confirm-email/", "/account/signup/", "/account/login/", "/account/", "/account/email/", "/"]


@pytest.mark.parametrize("page", AFTERWARDS)
def test_the_browser_that_has_signed_up_is_shown_the_same_afterwards(page, known, first):
    def seen(email: str):
        browser = Client()
        answers = [browser.post("/account/signup/", {"name": "Eve", "email": email, "password1": PASSWORD})]
        answers += [browser.get(page), browser.get("/account/login/")]
        return [said(answer, email) for answer in answers], sorted(browser.cookies)

    assert seen(KNOWN) == seen(UNKNOWN)


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up], ids=lambda door: door.__name__)
@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_nobody_is_written_to_again_and_again(door, email, known, first, settings):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATES
    cache.clear()
    answers = {said(door(email), email)[0] for _ in range(3)}
    assert answers <= {202, 302} and len(answers) == 1
    assert Message.objects.filter(fact="mail_requested").count() == 1
    cache.clear()


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up], ids=lambda door: door.__name__)
def test_the_password_of_an_account_that_waits_for_its_link_tells_nothing(door, first):
    """Else one would sign up with an address, sign in, and see which of the two it was."""
    door(UNKNOWN)
    right = {"login": UNKNOWN, "password": PASSWORD}
    answer = Client().post("/account/login/", right)
    assert said(answer, UNKNOWN) == said(page_sign_in(KNOWN), KNOWN)
    program = Api().send("POST", "/api/auth/login", {"email": UNKNOWN, "password": PASSWORD})
    assert program.content == api_sign_in(KNOWN).content
    EmailAddress.objects.update(verified=True)
    assert Client().post("/account/login/", right)["Location"] == "/"


def test_accounts_that_nobody_signed_up_for_wait_for_no_link(first):
    """The first superuser's, made by the command line before any mail goes out."""
    user = User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    assert Client().post("/account/login/", {"login": user.email, "password": PASSWORD})["Location"] == "/"
    body = {"email": user.email, "password": PASSWORD}
    assert Api().send("POST", "/api/auth/login", body).status_code == 200


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up], ids=lambda door: door.__name__)
def test_where_one_is_signed_in_at_once_few_addresses_can_be_tried(door, known, settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    statuses = [door(KNOWN).status_code for _ in range(22)]
    assert statuses[:20].count(statuses[0]) == 20 and statuses[0] in (200, 409)
    assert statuses[20:] == [429, 429]
    cache.clear()


def test_a_taken_address_is_said_by_api_as_ever(known):
    assert_problem(api_sign_up(KNOWN), 409, "email-taken")
