"""What people are told of their account, but for what must stay secret."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client

from accounts.models import User
from notifications.models import Notice
from notifications.tests.told import the_letter, told, words, work, work_twice
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_up() -> User:
    Client().post("/account/signup/", {"name": "Ada", "email": "ada@example.org", "password1": PASSWORD})
    return User.objects.get(email="ada@example.org")


def confirm(email: str) -> None:
    """As the link in the mail does."""
    key = EmailConfirmationHMAC(EmailAddress.objects.get(email=email)).key
    assert Client().post(f"/account/confirm-email/{key}/").status_code == 302


def test_who_signs_up_gets_one_mail_and_is_welcome_once_the_address_is_confirmed():
    ada = sign_up()
    work()
    assert told("welcome") == []
    confirm(ada.email)
    work_twice()
    assert told("welcome") == [("Ada", ["email", "bell"])]
    assert "Hello Ada" in words(the_letter("welcome"))


def test_a_second_address_is_no_second_welcome():
    ada = sign_up()
    confirm(ada.email)
    EmailAddress.objects.create(user=ada, email="ada@work.example")
    confirm("ada@work.example")
    work_twice()
    assert Notice.objects.filter(kind="welcome").count() == 1


def test_who_has_been_here_for_long_is_not_welcomed_for_a_new_address():
    ada = make_user("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    EmailAddress.objects.create(user=ada, email="ada@work.example")
    confirm("ada@work.example")
    work()
    assert told("welcome") == []
