"""Second factors at the doors: programs, pages, passkeys."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts.factors import has_factor, spend
from accounts.models import User
from accounts.tests.second_factors import at_once, code_at, first_step, recovery_codes, second_step, wrong_code
from outbox.models import Message
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db


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
