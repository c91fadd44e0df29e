import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, make_event, make_team, make_user

pytestmark = pytest.mark.django_db


def page_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_account_is_for_those_who_signed_in():
    for name in ("account_profile", "account_delete"):
        assert Client().get(reverse(name))["Location"].startswith("/account/login/?next=/account/")


def test_a_name_changes():
    ada = make_user("Ada")
    answer = page_of(ada).post("/account/", {"name": "Ada Lovelace"}, follow=True)
    assert b"Saved." in answer.content
    assert User.objects.get().name == "Ada Lovelace"


@pytest.mark.parametrize("name", ["", "  ", "a\x00", "x" * 121])
def test_a_name_that_is_none_is_refused(name):
    ada = make_user("Ada")
    answer = page_of(ada).post("/account/", {"name": name})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert User.objects.get().name == "Ada"


def test_deleting_asks_for_the_password_and_signs_out_everywhere():
    ada = make_user("Ada")
    phone, desk = page_of(ada), page_of(ada)
    answer = phone.post("/account/delete", {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert b"Your account is deleted, and you are signed out." in answer.content
    assert User.objects.get().name == ""
    for client in (phone, desk):
        assert client.get("/account/").status_code == 302
    assert not Client().login(email=ada.email, password=PASSWORD)


@pytest.mark.parametrize("password", ["", "wrong", "a\x00", "x" * 10_000])
def test_a_wrong_password_deletes_nothing(password):
    ada = make_user("Ada")
    answer = page_of(ada).post("/account/delete", {"password": password})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert User.objects.get().is_active


def test_the_only_owner_of_a_coming_event_reads_why_not():
    olga = make_user("Olga")
    make_event(make_team(olga))
    answer = page_of(olga).post("/account/delete", {"password": PASSWORD})
    assert answer.status_code == 409 and b"no other owner" in answer.content
    assert User.objects.get().is_active


def test_guessing_the_password_ends_after_ten(settings):
    settings.RATELIMIT_ENABLE = True
    page = page_of(make_user("Ada"))
    answers = [page.post("/account/delete", {"password": "x"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert page.post("/account/delete", {"password": PASSWORD}).status_code == 429
    assert User.objects.get().is_active
