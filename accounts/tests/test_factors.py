"""Second factors: what holds whatever happens."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.errors import TooManyCodes
from accounts.factors import has_factor, spend
from accounts.models import User
from core import sealed
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"


def code_at(step: int = 0, secret: str = SECRET) -> str:
    """The app's code now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def wrong_code() -> str:
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in {code_at(step) for step in range(-3, 4)})


@pytest.fixture
def ada() -> User:
    """Somebody with an authenticator app and recovery codes."""
    user = make_user("Ada", email="ada@example.org")
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


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


# --- Codes ------------------------------------------------------------------------------------------


def test_a_code_works_once(ada):
    code = code_at()
    assert spend(user=ada, code=code, now=timezone.now()).type == "totp"
    assert spend(user=ada, code=code, now=timezone.now()) is None


def test_after_a_code_older_ones_do_not_work_any_more(ada):
    assert spend(user=ada, code=code_at(), now=timezone.now())
    assert spend(user=ada, code=code_at(-1), now=timezone.now()) is None


@pytest.mark.parametrize("step", [-1, 1])
def test_a_clock_may_be_half_a_minute_off(ada, step):
    assert spend(user=ada, code=code_at(step), now=timezone.now())


@pytest.mark.parametrize("step", [-3, 3])
def test_a_clock_may_not_be_off_by_more(ada, step):
    assert spend(user=ada, code=code_at(step), now=timezone.now()) is None


@pytest.mark.django_db(transaction=True)
def test_a_code_shown_many_times_at_once_works_once(ada):
    code = code_at()
    answers = at_once(6, lambda _: spend(user=ada, code=code, now=timezone.now()))
    assert len([answer for answer in answers if answer]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_shown_many_times_at_once_works_once(ada):
    code = recovery_codes(ada)[0]
    answers = at_once(6, lambda _: spend(user=ada, code=code, now=timezone.now()))
    assert len([answer for answer in answers if answer]) == 1
    assert code not in recovery_codes(ada)


@pytest.mark.parametrize("code", ["", " ", "x", "é", "123456789012345678", "\x00", "００００００"])
def test_what_is_no_code_is_wrong(ada, code):
    assert spend(user=ada, code=code, now=timezone.now()) is None


def test_codes_may_be_typed_in_groups(ada):
    code = code_at()
    assert spend(user=ada, code=f"{code[:3]} {code[3:]}", now=timezone.now())


def test_who_guesses_waits_ever_longer(ada):
    now = timezone.now()
    for _ in range(5):
        assert spend(user=ada, code=wrong_code(), now=now) is None
    with pytest.raises(TooManyCodes) as refusal:
        spend(user=ada, code=code_at(), now=now + timedelta(minutes=4))
    assert refusal.value.retry_after == 60
    later = now + timedelta(minutes=5)
    assert spend(user=ada, code=wrong_code(), now=later) is None
    with pytest.raises(TooManyCodes):
        spend(user=ada, code=code_at(), now=later + timedelta(minutes=9))
    assert spend(user=ada, code=code_at(), now=later + timedelta(minutes=10))
    assert spend(user=ada, code=wrong_code(), now=later + timedelta(minutes=10)) is None  # five are free again


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_are_all_counted(ada):
    def guess(_):
        try:
            return spend(user=ada, code=wrong_code(), now=timezone.now())
        except TooManyCodes:
            return "wait"

    answers = at_once(9, guess)
    assert answers.count(None) == 5 and answers.count("wait") == 4


def test_guessing_for_one_account_leaves_others_alone(ada):
    bob = make_user("Bob")
    TOTP.activate(bob, SECRET)
    for _ in range(5):
        spend(user=ada, code=wrong_code(), now=timezone.now())
    assert spend(user=bob, code=code_at(), now=timezone.now())


# --- At rest ----------------------------------------------------------------------------------------


def test_secrets_are_sealed_in_the_database(ada):
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert all(code not in kept for code in recovery_codes(ada))


def test_under_another_secret_key_no_code_works(ada, settings):
    """Not even those of an empty secret, which everybody can compute."""
    before = recovery_codes(ada)
    settings.SECRET_KEY = "another" * 10
    sealed._box.cache_clear()
    try:
        for code in (code_at(), code_at(secret=""), *before[:2]):
            assert spend(user=ada, code=code, now=timezone.now()) is None
    finally:
        sealed._box.cache_clear()


# --- Programs ---------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_signs_nobody_in(ada):
    answer = first_step(ada)
    assert (answer["url"], answer["fields"], answer["expires_in"]) == (
        "/api/auth/second-factor",
        ["code", "recovery_code"],
        300,
    )
    assert "access" not in answer


@pytest.mark.parametrize("kind", ["code", "recovery_code"])
def test_the_challenge_and_a_code_sign_in(ada, kind):
    code = code_at() if kind == "code" else recovery_codes(ada)[0]
    answer = second_step(first_step(ada)["challenge"], **{kind: code})
    assert answer.status_code == 200
    assert sorted(answer.json()) == ["access", "refresh", "user"]
    refreshed = Api().send("POST", "/api/auth/refresh", {"refresh": answer.json()["refresh"]})
    assert refreshed.status_code == 200


def test_a_challenge_works_once(ada):
    challenge = first_step(ada)["challenge"]
    assert second_step(challenge, code=code_at()).status_code == 200
    assert_problem(second_step(challenge, code=code_at(1)), 401, "sign-in-refused")


@pytest.mark.django_db(transaction=True)
def test_a_challenge_used_many_times_at_once_lets_one_in(ada):
    challenge, codes = first_step(ada)["challenge"], recovery_codes(ada)
    answers = at_once(4, lambda number: second_step(challenge, recovery_code=codes[number]).status_code)
    assert sorted(answers) == [200, 401, 401, 401]
    assert len(recovery_codes(ada)) == len(codes) - 1


def test_after_a_wrong_code_the_right_one_still_works(ada):
    challenge = first_step(ada)["challenge"]
    assert_problem(second_step(challenge, code=wrong_code()), 401, "code-refused")
    assert second_step(challenge, code=code_at()).status_code == 200


def test_wrong_codes_count_however_many_challenges_there_are(ada):
    for _ in range(5):
        assert_problem(second_step(first_step(ada)["challenge"], code=wrong_code()), 401, "code-refused")
    answer = second_step(first_step(ada)["challenge"], code=code_at())
    assert_problem(answer, 429, "too-many-codes")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body",
    [{}, {"code": "1"}, {"challenge": "x"}, {"challenge": "x", "code": "1", "recovery_code": "2"}, {"challenge": 1}],
)
def test_half_a_second_step_is_invalid(body):
    assert Api().send("POST", "/api/auth/second-factor", body).status_code == 400


@pytest.mark.parametrize("challenge", ["x", "a:b:c", "é", "\x00", "x" * 900])
def test_what_is_no_challenge_is_refused(ada, challenge):
    assert second_step(challenge, code=code_at()).status_code in (400, 401)


def test_a_challenge_is_no_token(ada):
    challenge = first_step(ada)["challenge"]
    assert_problem(Api().send("POST", "/api/auth/refresh", {"refresh": challenge}), 401, "session-ended")


def test_a_new_password_ends_a_challenge_s_worth(ada):
    """A reset gets nobody round the second factor."""
    ada.set_password("quite another secret")
    ada.save()
    assert_problem(
        Api().send("POST", "/api/auth/login", {"email": ada.email, "password": "quite another secret"}),
        401,
        "mfa-required",
    )


# --- Pages ------------------------------------------------------------------------------------------


def sign_in(user: User) -> tuple[Client, str]:
    page = Client()
    return page, page.post("/account/login/", {"login": user.email, "password": PASSWORD})["Location"]


def test_pages_ask_for_a_code_after_the_password(ada):
    page, where = sign_in(ada)
    assert where == "/account/security/authenticate/"
    assert "_auth_user_id" not in page.session
    assert page.post(where, {"code": wrong_code()}).context["form"].errors
    assert page.post(where, {"code": code_at()})["Location"] == "/"
    assert page.session["_auth_user_id"] == str(ada.pk)


def test_pages_take_a_code_once(ada):
    code = code_at()
    first, where = sign_in(ada)
    second, _ = sign_in(ada)
    assert first.post(where, {"code": code}).status_code == 302
    assert second.post(where, {"code": code}).status_code == 200


def test_the_second_step_leads_back_to_where_one_was(ada):
    page = Client()
    answer = page.post("/account/login/", {"login": ada.email, "password": PASSWORD, "next": "/organise/"})
    assert page.post(answer["Location"], {"code": code_at()})["Location"] == "/organise/"


def test_nobody_gets_to_the_second_step_without_the_first():
    assert Client().get("/account/security/authenticate/")["Location"].startswith("/account/login/")


def set_up(page: Client) -> str:
    """Reauthenticate and set an app up; its secret."""
    page.post("/account/reauthenticate/", {"password": PASSWORD})
    form = page.get("/account/security/totp/activate/")
    secret = form.context["form"].secret
    answer = page.post("/account/security/totp/activate/", {"code": code_at(secret=secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/security/recovery-codes/"
    return secret


def test_setting_an_app_up_asks_for_the_password_first():
    page = signed_in(make_user())
    answer = page.get("/account/security/totp/activate/")
    assert answer["Location"].startswith("/account/reauthenticate/")


def test_setting_an_app_up_shows_recovery_codes_once_and_says_so_by_mail(django_capture_on_commit_callbacks):
    user = make_user()
    page = signed_in(user)
    with django_capture_on_commit_callbacks(execute=True):
        page.post("/account/reauthenticate/", {"password": PASSWORD})
        secret = page.get("/account/security/totp/activate/").context["form"].secret
        page.post("/account/security/totp/activate/", {"code": code_at(secret=secret)})
    assert has_factor(user)
    shown = page.get("/account/security/recovery-codes/")
    assert len(shown.context["unused_codes"]) == 10 and shown.context["unused_codes"][0].encode() in shown.content
    assert set(page.get("/account/security/recovery-codes/").context["unused_codes"]) == {"****"}
    assert Message.objects.get(fact="mail_requested").payload["to"] == user.email
    assert spend(user=user, code=code_at(secret=secret), now=timezone.now()) is None  # it has turned the app on


def test_with_a_factor_the_password_is_not_enough_to_take_it_off(ada):
    page = signed_in(ada)
    answer = page.post("/account/security/totp/deactivate/")
    assert answer["Location"].startswith("/account/security/reauthenticate/")
    assert page.post("/account/reauthenticate/", {"password": PASSWORD})["Location"].startswith(
        "/account/security/reauthenticate/"
    )
    page.post("/account/security/reauthenticate/", {"code": code_at()})
    page.post("/account/security/totp/deactivate/")
    assert not has_factor(ada)
    assert not Authenticator.objects.filter(user=ada).exists()  # recovery codes go with it


def test_an_address_that_is_not_confirmed_comes_first():
    user = make_user()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    assert signed_in(user).get("/account/security/totp/activate/")["Location"] == "/account/security/"


@pytest.mark.parametrize("path", ["", "webauthn/", "recovery-codes/generate/", "totp/deactivate/", "webauthn/add/"])
def test_pages_of_factors_answer_and_are_never_cached(ada, path):
    page = signed_in(ada)
    page.post("/account/security/reauthenticate/", {"code": code_at()})
    answer = page.get(f"/account/security/{path}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "x",
        "null",
        "[]",
        "1",
        '"x"',
        "{}",
        '{"id": 1}',
        '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
        '{"id": "a", "rawId": "!", "type": "public-key", "response": {"clientDataJSON": "e30",'
        ' "attestationObject": "oA"}}',
        '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30",'
        ' "authenticatorData": "",'
        ' "signature": "", "userHandle": "\\u0000"}}',
        '{"response": {"userHandle": []}}',
        '{"response": []}',
    ],
)
def test_what_no_passkey_says_is_refused(ada, said):
    page = signed_in(ada)
    page.post("/account/security/reauthenticate/", {"code": code_at()})
    page.get("/account/security/webauthn/add/")
    assert page.post("/account/security/webauthn/add/", {"credential": said, "name": "x"}).status_code == 200
    page.get("/account/security/webauthn/reauthenticate/")
    assert page.post("/account/security/webauthn/reauthenticate/", {"credential": said}).status_code == 302
    anyone = Client()
    anyone.get("/account/security/webauthn/login/", headers={"Accept": "application/json"})
    assert anyone.post("/account/security/webauthn/login/", {"credential": said})["Location"] == "/account/login/"
    between, where = sign_in(ada)
    assert between.post(where, {"credential": said}).status_code == 200
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_passkeys_belong_to_the_public_origin_whatever_host_is_asked(settings):
    settings.BASE_URL = "https://tickets.example.org"
    answer = Client(headers={"Host": "evil.example", "Accept": "application/json"}).get(
        "/account/security/webauthn/login/"
    )
    assert answer.json()["request_options"]["publicKey"]["rpId"] == "tickets.example.org"


# --- Staff ------------------------------------------------------------------------------------------


@pytest.fixture
def strict(settings):
    settings.STAFF_SECOND_FACTOR = True


def test_staff_without_a_second_factor_are_led_to_set_one_up(strict):
    page = signed_in(make_user(is_staff=True, is_superuser=True))
    answer = page.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/account/security/"
    assert b"Set one up here first" in answer.content and b"Your staff powers are waiting" in answer.content


def test_staff_with_one_get_in(strict):
    user = make_user(is_staff=True, is_superuser=True)
    TOTP.activate(user, generate_totp_secret())
    assert signed_in(user).get("/admin/").status_code == 200


def test_recovery_codes_alone_make_no_staff(strict):
    user = make_user(is_staff=True, is_superuser=True)
    RecoveryCodes.activate(user)
    assert signed_in(user).get("/admin/")["Location"].startswith("/admin/login/")


def test_without_one_staff_are_as_everybody_else_to_the_api(strict):
    user, other = make_user(is_staff=True), make_user()
    path = f"/api/waitlist/user/{other.pk}"
    assert_problem(Api(user).send("GET", path), 403, "not-allowed")
    TOTP.activate(user, generate_totp_secret())
    assert Api(user).send("GET", path).status_code == 200


# --- Lost --------------------------------------------------------------------------------------------


def test_who_has_lost_everything_is_helped_by_the_command_line_and_told(ada):
    page = signed_in(ada)
    call_command("remove_second_factors", "ADA@example.org")
    assert not has_factor(ada)
    assert page.get("/account/").status_code == 302
    assert Message.objects.get(fact="mail_requested").payload["to"] == ada.email
    with pytest.raises(CommandError):
        call_command("remove_second_factors", "ADA@example.org")


def test_staff_can_help_but_not_a_superuser(ada):
    staff, root = make_user(is_staff=True), make_user(is_superuser=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    TOTP.activate(root, SECRET)
    chosen = {"action": "remove_second_factors", "_selected_action": [ada.pk, root.pk]}
    signed_in(staff).post("/admin/accounts/user/", chosen)
    assert (has_factor(ada), has_factor(root)) == (False, True)


# Who may look at the bare flag, and why.
MAY_LOOK = {
    "accounts/admin.py",  # leads those who lack a factor to where they set it up; superusers guard each other
    "accounts/operations/people.py",  # takes the powers of who goes
    "accounts/permissions.py",  # the question itself
    "accounts/templatetags/accounts.py",  # tells those who lack one
    "core/style.py",  # a page of buttons and colours
}


def test_nobody_asks_whether_somebody_is_staff_without_asking_for_the_second_factor():
    """`has_staff_powers` is the question."""
    asked = re.compile(r"user\.is_(?:staff|superuser)\b")
    folders = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    files = [file for folder in folders for file in folder.rglob("*.py") if "tests" not in file.parts]
    found = {str(file.relative_to(settings.BASE_DIR)) for file in files if asked.search(file.read_text())}
    assert found - MAY_LOOK == set()
