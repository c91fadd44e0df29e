"""Changing the e-mail address: both ends have a say."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.errors import ChangeOver, EmailTaken
from accounts.models import AddressChange, User
from accounts.operations.addresses import ask_to_change, confirm_change, stop_change
from outbox.models import Message
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

OLD, NEW = "ada@example.org", "countess@example.org"
NOW = timezone.now()


@pytest.fixture
def ada() -> User:
    user = make_user("Ada", email=OLD)
    EmailAddress.objects.create(user=user, email=OLD, primary=True, verified=True)
    return user


def ask(user: User, email: str = NEW) -> AddressChange:
    return ask_to_change(user=user, email=email, now=NOW)


def letters() -> dict[str, str]:
    """By address: the words of the newest letter that is to go there."""
    payloads = Message.objects.filter(fact="mail_requested").order_by("pk").values_list("payload", flat=True)
    return {payload["to"]: payload["text"] for payload in payloads}


def link_in(words: str) -> str:
    (link,) = re.findall(r"https?://\S+", words)
    return "/" + link.split("/", 3)[3]


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary"))


def test_both_ends_are_written_to_and_nothing_changes_yet(ada):
    ask(ada, "Countess@Example.org ")
    ada.refresh_from_db()
    assert ada.email == OLD and addresses(ada) == [(OLD, True, True)]
    assert set(letters()) == {OLD, NEW}
    assert "/account/email/confirm/" in letters()[NEW] and "/account/email/stop/" in letters()[OLD]
    assert NEW in letters()[OLD]


def test_by_page_from_the_wish_to_signing_in_with_the_new_one(ada):
    page = Client()
    page.post("/account/login/", {"login": OLD, "password": PASSWORD})
    answer = page.post("/account/email/", {"email": NEW})
    assert answer["Location"].startswith("/account/reauthenticate/")
    page.post(answer["Location"], {"password": PASSWORD})  # which takes the wish up where it was left
    assert b"Waiting for countess@example.org" in page.get("/account/email/").content
    anyone = Client()
    path = link_in(letters()[NEW])
    assert anyone.get(path).status_code == 200
    ada.refresh_from_db()
    assert ada.email == OLD  # looking changes nothing: mail servers look, too
    assert anyone.post(path)["Location"] == "/account/login/"
    assert Client().post("/account/login/", {"login": NEW, "password": PASSWORD}).status_code == 302
    assert Client().post("/account/login/", {"login": OLD, "password": PASSWORD}).status_code == 200
    assert addresses(ada) == [(NEW, True, True)]
    assert page.get("/account/").status_code == 200


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "x" * 300 + "@example.org", OLD.upper()])
def test_what_is_no_other_address_is_refused(ada, email):
    page = Client()
    page.force_login(ada)
    page.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = page.post("/account/email/", {"email": email})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert not AddressChange.objects.exists()


def test_who_has_a_second_factor_shows_it(ada):
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
    page = Client()
    page.force_login(ada)
    assert page.post("/account/email/", {"email": NEW})["Location"].startswith("/account/security/reauthenticate/")


def test_an_address_of_another_account_gets_the_same_answer_and_another_letter(ada):
    make_user("Bob", email="bob@example.org")
    page = Client()
    page.force_login(ada)
    page.post("/account/reauthenticate/", {"password": PASSWORD})
    free = page.post("/account/email/", {"email": NEW}, follow=True).content.decode()
    taken = page.post("/account/email/", {"email": "bob@example.org"}, follow=True).content.decode()
    plain = re.compile(r'value="[^"]{60,}"|X-CSRFToken": "[^"]+')
    assert plain.sub("", free.replace(NEW, "?")) == plain.sub("", taken.replace("bob@example.org", "?"))
    assert (
        "confirm" not in letters()["bob@example.org"] and "You have one with it already" in letters()["bob@example.org"]
    )


def test_an_address_that_somebody_else_only_claims_goes_to_who_confirms_it(ada):
    squatter = make_user("Eve")
    EmailAddress.objects.create(user=squatter, email=NEW, verified=False)
    confirm_change(change=ask(ada), now=NOW)
    assert addresses(ada) == [(NEW, True, True)] and addresses(squatter) == []


def test_a_later_wish_ends_an_earlier_one(ada):
    first = ask(ada, "first@example.org")
    ask(ada)
    with pytest.raises(ChangeOver):
        confirm_change(change=first, now=NOW)


@pytest.mark.parametrize("days", [3, 30])
def test_a_link_lasts_three_days(ada, days):
    with pytest.raises(ChangeOver):
        confirm_change(change=ask(ada), now=NOW + timedelta(days=days))
    ada.refresh_from_db()
    assert ada.email == OLD


def test_a_link_works_once(ada):
    change = ask(ada)
    confirm_change(change=change, now=NOW)
    with pytest.raises(ChangeOver):
        confirm_change(change=change, now=NOW)


@pytest.mark.parametrize("key", ["x", "a:b:c", "é", "x" * 3000])
def test_a_link_that_is_none_says_so(key):
    for where in ("confirm", "stop"):
        answer = Client().get(f"/account/email/{where}/{key}")
        assert answer.status_code == 200 and b"expired" in answer.content
        assert Client().post(f"/account/email/{where}/{key}").status_code == 200


def test_the_new_address_s_link_does_not_stop_and_the_old_one_s_does_not_confirm(ada):
    ask(ada)
    confirming, stopping = link_in(letters()[NEW]), link_in(letters()[OLD])
    Client().post(stopping.replace("/stop/", "/confirm/"))
    Client().post(confirming.replace("/confirm/", "/stop/"))
    change = AddressChange.objects.get()
    assert (change.confirmed_at, change.ended_at) == (None, None)


def test_the_old_address_stops_it(ada):
    change = ask(ada)
    answer = Client().post(link_in(letters()[OLD]))
    assert b"Stopped" in answer.content
    with pytest.raises(ChangeOver):
        confirm_change(change=change, now=NOW)
    assert ada.check_password(PASSWORD)


def test_the_old_address_takes_the_account_back(ada):
    """As from somebody who got hold of an open session, the password and all."""
    thief = Client()
    thief.post("/account/login/", {"login": OLD, "password": PASSWORD})
    change = ask(ada)
    confirm_change(change=change, now=NOW)
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
    path = link_in(letters()[OLD])
    assert b"Take your account back?" in Client().get(path).content
    assert b"Your address is back" in Client().post(path).content
    ada.refresh_from_db()
    assert ada.email == OLD and addresses(ada) == [(OLD, True, True)]
    assert thief.get("/account/").status_code == 302
    assert not ada.has_usable_password()
    assert not Authenticator.objects.filter(user=ada).exists()
    Client().post("/account/password/reset/", {"email": OLD})
    assert "/account/password/reset/key/" in letters()[OLD]


def test_taking_back_lasts_seven_days(ada):
    change = ask(ada)
    confirm_change(change=change, now=NOW)
    with pytest.raises(ChangeOver):
        stop_change(change=change, now=NOW + timedelta(days=7))


def test_an_old_address_that_was_never_confirmed_takes_nothing_back():
    """It may be a stranger's, by a slip of a finger."""
    user = make_user("Ada", email=OLD)
    change = ask(user)
    confirm_change(change=change, now=NOW)
    with pytest.raises(ChangeOver):
        stop_change(change=change, now=NOW)


def test_an_old_address_that_has_found_another_account_meanwhile_is_not_taken_from_it(ada):
    change = ask(ada)
    confirm_change(change=change, now=NOW)
    make_user("Bob", email=OLD)
    with pytest.raises(EmailTaken):
        stop_change(change=change, now=NOW)
    ada.refresh_from_db()
    assert ada.email == NEW and ada.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_want_one_address_at_the_same_moment_one_gets_it():
    changes = [ask(make_user(name)) for name in ("Ada", "Bob", "Cleo")]
    ready = Barrier(3)

    def confirm(change):
        ready.wait(timeout=20)
        try:
            confirm_change(change=change, now=NOW)
            return "confirmed"
        except EmailTaken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(confirm, changes, timeout=60))
    assert sorted(answers) == ["confirmed", "taken", "taken"]
    assert User.objects.filter(email=NEW).count() == 1
    assert EmailAddress.objects.filter(email=NEW).count() == 1


def test_the_link_that_confirms_a_first_address_is_sent_again():
    user = make_user("Ada", email=OLD)
    EmailAddress.objects.create(user=user, email=OLD, primary=True, verified=False)
    page = Client()
    page.force_login(user)
    page.post("/account/email/", {"again": ""})
    assert "/account/confirm-email/" in letters()[OLD]
