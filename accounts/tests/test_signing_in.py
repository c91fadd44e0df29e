"""Allauth's pages as they are set up here, with the mail they send, read from a real SMTP server."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from accounts.models import User
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a different horse"
ADA = {"name": "Ada", "email": "ada@example.org", "password1": PASSWORD}


def fetch(mails):
    """Deliver what is due; the newest message."""
    deliver_due("post")
    return mails.received[-1]


def link_in(message, settings) -> str:
    """The path of the one link in a message; it stands on the public origin, whatever host was asked."""
    (link,) = re.findall(r"https?://\S+", message.get_body(("plain",)).get_content())
    assert link.startswith(settings.BASE_URL + "/")
    return link.removeprefix(settings.BASE_URL)


def sign_in(email: str, password: str = PASSWORD, **more: str):
    client = Client()
    return client, client.post("/account/login/", {"login": email, "password": password, **more})


def test_signing_up_signs_in_and_keeps_the_name():
    page = Client()
    answer = page.post("/account/signup/", {**ADA, "email": "Ada@Example.org", "next": "/organise/"})
    assert (answer.status_code, answer["Location"]) == (302, "/organise/")
    user = User.objects.get()
    assert (user.name, user.email, page.session["_auth_user_id"]) == ("Ada", "ada@example.org", str(user.pk))


def test_the_address_is_confirmed_by_the_link_in_the_mail(mails, settings):
    settings.BASE_URL = "https://evently.example"
    page = Client(headers={"Host": "evil.example"})
    page.post("/account/signup/", ADA)
    message = fetch(mails)
    assert (message["To"], message["Subject"] != "") == ("ada@example.org", True)
    assert message["Message-ID"].endswith("@evently.example>")
    path = link_in(message, settings)
    assert Client().get(path).status_code == 200
    assert not EmailAddress.objects.get().verified
    Client().post(path)
    assert EmailAddress.objects.get().verified
    assert Message.objects.filter(fact="mail_requested").values_list("status", "payload").get() == ("done", {})


@pytest.mark.parametrize("key", ["x", "a:b:c", "é", "x" * 3000])
def test_a_confirmation_link_that_is_none_says_so(key):
    assert Client().get(f"/account/confirm-email/{key}/").status_code in (200, 404)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "x" * 121),
        ("email", ""),
        ("email", "ada"),
        ("email", "a\x00@example.org"),
        ("email", "x" * 10_000 + "@example.org"),
        ("password1", ""),
        ("password1", "short"),
        ("password1", "password1234"),
        ("password1", "a\x00" + PASSWORD),
        ("password1", "ada@example.org"),
    ],
)
def test_signing_up_names_what_is_wrong(field, value):
    answer = Client().post("/account/signup/", {**ADA, field: value})
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.count() == 0


def test_an_address_signs_up_once_whatever_its_case():
    make_user("Ada", email="ada@example.org")
    answer = Client().post("/account/signup/", {**ADA, "email": "ADA@example.org"})
    assert list(answer.context["form"].errors) == ["email"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [False, True], ids=["at once", "confirmed first"])
def test_sign_ups_at_the_same_moment_make_one_account(first, settings):
    """And where signing up is not to tell who has an account, none of them hears of the other."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory" if first else "optional"
    ready = Barrier(4)

    def sign_up(_):
        ready.wait(timeout=10)
        try:
            return Client(raise_request_exception=False).post("/account/signup/", ADA).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sign_up, range(4), timeout=60))
    assert answers == [302] * 4 if first else answers.count(302) == 1 and set(answers) <= {302, 200, 409}
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.ORG", "  ada@example.org "])
def test_signing_in_leads_back_to_where_one_was(email):
    make_user("Ada", email="ada@example.org")
    _, answer = sign_in(email, next="/organise/events/new")
    assert (answer.status_code, answer["Location"]) == (302, "/organise/events/new")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("ada@example.org", "a\x00"),
        ("a\x00@example.org", PASSWORD),
        ("x" * 10_000 + "@example.org", PASSWORD),
        ("ada@example.org", "x" * 100_000),
        ("", ""),
    ],
)
def test_who_cannot_sign_in_reads_why(email, password):
    make_user("Ada", email="ada@example.org")
    client, answer = sign_in(email, password)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    make_user("Ada", email="ada@example.org")
    _, wrong = sign_in("ada@example.org", "wrong")
    _, unknown = sign_in("bob@example.org", "wrong")
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_a_closed_account_cannot_sign_in():
    make_user("Ada", email="ada@example.org", is_active=False)
    client, _ = sign_in("ada@example.org")
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_button():
    make_user("Ada", email="ada@example.org")
    client, _ = sign_in("ada@example.org")
    assert client.get("/account/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/account/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_chosen_anew(mails, settings):
    settings.BASE_URL = "https://evently.example"
    make_user("Ada", email="ada@example.org")
    page = Client(headers={"Host": "evil.example"})
    page.post("/account/password/reset/", {"email": "ADA@example.org"})
    path = link_in(fetch(mails), settings)
    form = page.get(path, follow=True)
    page.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert sign_in("ada@example.org", NEW_PASSWORD)[1].status_code == 302
    assert sign_in("ada@example.org", PASSWORD)[1].status_code == 200
    assert Client().get(path).context["token_fail"]


def test_an_unknown_address_gets_the_same_answer_and_another_mail(mails, settings):
    settings.BASE_URL = "https://evently.example"
    make_user("Ada", email="ada@example.org")
    page = Client(headers={"Host": "evil.example"})
    known = page.post("/account/password/reset/", {"email": "ada@example.org"}, follow=True)
    unknown = page.post("/account/password/reset/", {"email": "bob@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    deliver_due("post")
    assert [message["To"] for message in mails.received] == ["ada@example.org", "bob@example.org"]
    assert link_in(mails.received[1], settings) == "/account/signup/"


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "x" * 10_000 + "@example.org"])
def test_a_reset_for_what_is_no_address_is_refused(email):
    answer = Client().post("/account/password/reset/", {"email": email})
    assert list(answer.context["form"].errors) == ["email"]


@pytest.mark.parametrize("key", ["x-y", "UID-KEY", "0-set-password", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-a"])
def test_a_reset_link_that_is_none_says_so(key):
    assert Client().get(f"/account/password/reset/key/{key}/").context["token_fail"]


def test_changing_the_password_ends_other_sessions():
    make_user("Ada", email="ada@example.org")
    here, _ = sign_in("ada@example.org")
    there, _ = sign_in("ada@example.org")
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post("/account/password/change/", data)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.parametrize("path", ["login", "signup", "password/reset", "password/reset/done", "inactive", "logout"])
def test_pages_for_anyone_answer(path):
    assert Client().get(f"/account/{path}/").status_code in (200, 302)


@pytest.mark.parametrize("path", ["email", "password/change", "reauthenticate"])
def test_pages_for_members_answer(path):
    make_user("Ada", email="ada@example.org")
    page, _ = sign_in("ada@example.org")
    assert page.get(f"/account/{path}/").status_code == 200


def test_who_asks_too_often_is_told_when_to_come_back(settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    page = Client()
    page.post("/account/password/reset/", {"email": "ada@example.org"})
    answer = page.post("/account/password/reset/", {"email": "ada@example.org"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert b"60 seconds" in answer.content


@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/password/reset/"])
def test_fields_have_labels_and_no_placeholders(path):
    page = Client().get(path).content.decode()
    main = page[page.index("<main") :]
    assert "placeholder" not in main
    assert "email address" not in main.lower()
    assert re.findall(r"<label[^>]*>(E-mail)</label>", main) == ["E-mail"]


def test_what_is_no_address_is_told_in_our_spelling():
    page = Client().post("/account/signup/", ADA | {"email": "ada"}).content.decode()
    assert "E-mail: Enter an e-mail address, such as ada@example.org." in page
