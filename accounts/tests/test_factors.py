"""Second factors: what holds whatever happens."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.errors import TooManyCodes
from accounts.factors import has_factor, spend
from accounts.tests.second_factors import SECRET, at_once, code_at, recovery_codes, wrong_code
from core import sealed
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import make_user, signed_in

pytestmark = pytest.mark.django_db


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
