"""Where an account opens by the link in its first mail: nobody loses what they were about to do."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from outbox.models import Message
from tests.factories import PASSWORD, make_event, make_user

pytestmark = pytest.mark.django_db
ADA = {"name": "Ada", "email": "ada@example.org", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def first(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def links() -> list[str]:
    """The addresses in the newest letter, without their host."""
    text = Message.objects.filter(fact="mail_requested").latest("created_at").payload["text"]
    return [link.removeprefix("http://testserver") for link in re.findall(r"http://testserver\S+", text)]


def wanted(browser: Client) -> str:
    """Choose a ticket without being signed in, and go to sign up: where one is to come back to."""
    event = make_event()
    chosen = {f"quantity_{event.ticket_types.get().pk}": "2", "key": "k"}
    to_sign_in = browser.post(
        reverse("bookings:start", args=[event.slug]), chosen, headers={"Sec-Fetch-Site": "same-origin"}
    )
    return parse_qs(urlsplit(to_sign_in["Location"]).query)["next"][0]


def test_the_link_signs_in_the_browser_that_signed_up_and_leads_it_back_to_its_seats():
    browser = Client()
    start = wanted(browser)
    sent = browser.post(reverse("account_signup"), {**ADA, "next": start})
    assert sent["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in browser.session
    [link] = links()
    assert browser.get(link).status_code == 200
    assert browser.post(link)["Location"] == start
    page = browser.get(start)
    assert page.status_code == 200
    assert [line.quantity for line in page.context["lines"]] == [2]


def test_in_another_browser_the_link_leads_back_by_way_of_signing_in():
    start = wanted(there := Client())
    there.post(reverse("account_signup"), {**ADA, "next": start})
    [link] = links()
    here = Client()
    page = here.get(link).content.decode()
    [onward] = re.findall(r'name="next" value="([^"]+)"', page)
    confirmed = here.post(link, {"next": onward})
    assert "_auth_user_id" not in here.session
    assert EmailAddress.objects.get().verified
    signing_in = urlsplit(confirmed["Location"])
    assert (signing_in.path, parse_qs(signing_in.query)["next"]) == (reverse("account_login"), [start])
    sent = {"login": ADA["email"], "password": PASSWORD, "next": start}
    assert here.post(signing_in.path, sent)["Location"] == start


def test_who_has_an_account_is_led_back_by_the_letter_too():
    user = make_user("Ada", email=ADA["email"])
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    browser = Client()
    start = wanted(browser)
    browser.post(reverse("account_signup"), {**ADA, "next": start})
    sign_in, reset = links()
    assert browser.get(sign_in).status_code == 200
    assert browser.post(sign_in, {"login": user.email, "password": PASSWORD})["Location"] == start
    assert reset == reverse("account_reset_password")
    assert not Booking.objects.exists()


def test_a_new_password_opens_an_account_that_somebody_else_had_begun():
    """Who signs up with an address of ours and never sees its letter has chosen a password for nothing."""
    Client().post(reverse("account_signup"), {**ADA, "password1": "chosen by a stranger"})
    browser = Client()
    browser.post(reverse("account_signup"), ADA)
    browser.post(reverse("account_reset_password"), {"email": ADA["email"]})
    form = browser.get(links()[-1], follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    for password, let_in in ((PASSWORD, True), ("chosen by a stranger", False)):
        client = Client()
        client.post(reverse("account_login"), {"login": ADA["email"], "password": password})
        assert ("_auth_user_id" in client.session) is let_in


def test_a_link_signs_in_nobody_twice():
    browser = Client()
    browser.post(reverse("account_signup"), ADA)
    [link] = links()
    browser.post(link)
    browser.post(reverse("account_logout"))
    browser.post(link)
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_letter_leads_to_another_site(elsewhere):
    Client().post(reverse("account_signup"), {**ADA, "next": elsewhere})
    [link] = links()
    assert "evil" not in link
