"""What the accounts app has to say: sent once, and its secrets kept nowhere."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications.letter import Link
from notifications.letters.private import private_letter
from notifications.models import Delivery, Notice
from notifications.operations import tell_privately
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.api import Api
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a different horse"
SIGN_UP = {"name": "Ada", "email": "ada@example.org", "password1": PASSWORD}


def sent(mails):
    deliver_due("post")
    return mails.received


def test_the_mail_after_signing_up_has_a_button_and_leaves_no_secret_behind(mails):
    Client().post("/account/signup/", SIGN_UP)
    [message] = sent(mails)
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    [link] = re.findall(r"http://testserver/account/confirm-email/\S+", text)
    assert f'href="{link}"' in html and "Confirm the address" in html

    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient, notice.in_bell) == ("verify", User.objects.get(), False)
    assert (notice.line, notice.url, notice.data) == ("", "", {})
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.address) == (Delivery.Status.SENT, "ada@example.org")
    assert message["Message-ID"] == delivery.message_id
    assert list(Message.objects.values_list("status", "payload").distinct()) == [("done", {})]


def test_programs_that_sign_up_get_the_same_mail(mails):
    Api().send("POST", "/api/auth/register", {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"})
    [message] = sent(mails)
    assert "/account/confirm-email/" in message.get_body(["plain"]).get_content()


def test_a_changed_password_is_told_by_mail_and_in_the_bell(mails):
    ada = make_user("Ada", email="ada@example.org")
    page = Client(headers={"User-Agent": "Firefox"})
    page.force_login(ada)
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    page.post("/account/password/change/", data)
    message = next(one for one in sent(mails) if one["Subject"] == "Your password was changed")
    text = message.get_body(["plain"]).get_content()
    assert "With: Firefox" in text and "http://testserver/account/" in text

    notice = Notice.objects.get(kind="security")
    assert (notice.recipient, notice.in_bell, notice.url) == (ada, True, "/account/")
    assert notice.title == "Your password was changed"
    assert notice.line == "The password of your Evently account was changed."


def test_an_address_that_was_given_up_hears_of_it_and_the_bell_is_its_former_owners(mails):
    ada = make_user("Ada", email="ada@example.org")
    tell_privately(
        template="email_changed", to="old@example.org", user_id=ada.pk, subject="S", text="T", now=timezone.now()
    )
    assert [message["To"] for message in sent(mails)] == ["old@example.org"]
    assert Notice.objects.unread().of(ada).count() == 1


def test_an_address_without_an_account_gets_its_mail_too(mails):
    Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    [message] = sent(mails)
    assert "http://testserver/account/signup/" in message.get_body(["plain"]).get_content()
    assert Notice.objects.get().recipient is None


def test_a_closed_account_hears_nothing_more(mails):
    ada = make_user("Ada", is_active=False)
    tell_privately(
        template="password_changed", to="a@example.org", user_id=ada.pk, subject="S", text="T", now=timezone.now()
    )
    assert sent(mails) == []
    assert Delivery.objects.get().status == Delivery.Status.DROPPED


def test_what_can_not_be_delivered_keeps_its_words_until_staff_have_seen_to_it(mails):
    mails.to_recipients.append("550 5.1.1 No such user here")
    Client().post("/account/signup/", SIGN_UP)
    assert sent(mails) == []
    assert Delivery.objects.get().status == Delivery.Status.FAILED
    dead = Message.objects.get(fact="private_letter_due")
    assert dead.status == Message.Status.DEAD and "/account/confirm-email/" in dead.payload["text"]


def test_an_address_between_paragraphs_becomes_the_button():
    letter = private_letter(
        template="password_reset_key", subject="New", text="One.\n\nTwo.\n\nhttps://x.example/k\n\nThree.\n"
    )
    assert letter.link == Link("Choose a new password", "https://x.example/k")
    assert (letter.line, letter.paragraphs, letter.notes) == ("One.", ["Two."], ["Three."])


def test_a_code_stands_by_itself():
    letter = private_letter(template="login_code", subject="Code", text="Type it.\n\nKX7-42Q\n\nNot you? Ignore it.")
    assert (letter.code, letter.link.url, letter.notes) == ("KX7-42Q", "", ["Not you? Ignore it."])


def test_lines_that_name_something_become_facts():
    letter = private_letter(
        template="password_set", subject="Set", text="It was set.\n\nAll is well.\n\nWhen: now: 3\nFrom: ::1"
    )
    assert letter.facts == [("When", "now: 3"), ("From", "::1")]
    assert letter.paragraphs == ["All is well."]
