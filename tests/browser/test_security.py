"""Locks on an account, as a person meets them: an authenticator app, passkeys, and where one is signed in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import check
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECRET = "JBSWY3DPEHPK3PXP"


def code_at(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + "/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def test_an_app_is_set_up_and_asked_for(open_page):
    ada = make_user("Ada")
    page = open_page("/account/security/", user=ada)
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code with the app's secret")).to_be_visible()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code that the app shows").fill(code_at(secret))
    found = check(page)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Keep these codes safe")).to_be_visible()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    assert codes[0] in download.value.path().read_text()
    found += check(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Recovery codes")).to_contain_text("10 left")
    found += check(page)

    sign_out(page)
    page.goto(page.url.rstrip("/") + "/account/login/?next=/bookings/")
    sign_in(page, ada.email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    found += check(page)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/".join(page.url.split("/")[:3]) + "/bookings/")
    assert found == []


def test_an_app_is_set_up_without_javascript(open_page):
    ada = make_user("Ada")
    page = open_page("/account/security/totp/activate/", user=ada, javascript=False)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code that the app shows").fill(code_at(page.locator("code.secret").inner_text()))
    page.get_by_role("button", name="Turn it on").click()
    assert page.locator(".recovery-codes code").count() == 10


@pytest.fixture
def localhost(site, settings) -> str:
    """The site under a name: addresses in numbers can't have passkeys."""
    settings.BASE_URL = site.replace("127.0.0.1", "localhost")
    return settings.BASE_URL


def with_authenticator(page: Page):
    """A device of the browser's own that has a PIN or a finger, and keeps passkeys."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def test_a_passkey_is_added_and_signs_in_alone(open_page, localhost):
    ada = make_user("Ada")
    page = open_page("/account/login/")
    page.goto(localhost + "/account/login/?next=/account/security/")
    with_authenticator(page)
    sign_in(page, ada.email)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My phone")
    found = check(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Keep these codes safe")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="My phone")).to_contain_text("Passkey")

    sign_out(page)
    page.goto(localhost + "/account/login/?next=/bookings/")
    found += check(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(localhost + "/bookings/")

    page.goto(localhost + "/account/security/")
    page.get_by_role("link", name="My phone").click()
    found += check(page)  # asks whether it is still you
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("link", name="Old phone")).to_be_visible()
    page.get_by_role("link", name="Old phone").click()
    page.get_by_role("link", name="Remove this passkey").click()
    found += check(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("There is none.")).to_be_visible()
    assert not Authenticator.objects.exists()
    assert found == []


def test_a_passkey_is_a_second_step_too(open_page, localhost):
    ada = make_user("Ada")
    page = open_page("/account/login/")
    page.goto(localhost + "/account/login/?next=/account/security/webauthn/add/")
    with_authenticator(page)
    sign_in(page, ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Keep these codes safe")).to_be_visible()
    sign_out(page)
    page.goto(localhost + "/account/login/")
    sign_in(page, ada.email)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(localhost + "/")


def test_a_passkey_that_is_refused_says_why(open_page, localhost):
    page = open_page("/account/login/")
    page.goto(localhost + "/account/login/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Try again when you are ready")).to_be_visible()


def test_one_sees_where_one_is_signed_in_and_ends_it(open_page):
    ada = make_user("Ada")
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/605.1"})
    phone.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    page = open_page("/account/sessions", user=ada)
    expect(page.locator(".devices > li")).to_have_count(2)
    found = check(page)
    page.get_by_role("button", name="Sign out Safari on iPhone").click()
    expect(page.locator(".devices > li")).to_have_count(1)
    assert phone.get("/account/").status_code == 302
    assert found == []


def test_every_page_of_an_account_is_accessible(open_page):
    ada = make_user("Ada", is_staff=True)
    page = open_page("/account/", user=ada)
    origin = "/".join(page.url.split("/")[:3])
    found = []
    for path in ("", "security/", "privacy", "security/webauthn/", "security/totp/activate/"):
        page.goto(f"{origin}/account/{path}")
        found += check(page)
    TOTP.activate(ada, SECRET)
    page.goto(f"{origin}/account/security/totp/deactivate/")
    found += check(page)
    page.get_by_label("Code").fill(code_at(SECRET))
    page.get_by_role("button", name="Go on").click()
    found += check(page)
    page.goto(f"{origin}/account/security/recovery-codes/generate/")
    found += check(page)
    assert found == []
