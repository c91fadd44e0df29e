"""Wherever an address says where to go next, it leads to no other site."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Device
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example",
    "HTTPS://evil.example",
    "hTtP:evil.example",
    "http:///evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\r\n//evil.example",
    "\x00//evil.example",
    "/\x08/evil.example",
    " //evil.example",
    "\u3000//evil.example",
    "//testserver@evil.example",
    "http://testserver@evil.example",
    "//evil.example#@testserver",
    "//testserver.evil.example",
    "//evil.example\\@testserver",
    "//evil\u3002example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "http://[",
    "https:/evil.example",
    "@evil.example",
    ".evil.example",
]


def signing_in(browser: Client, onward: str):
    user = make_user("Ada")
    return browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": onward})


def signed_in_already(browser: Client, onward: str):
    browser.force_login(make_user("Ada"))
    return browser.get(reverse("account_login"), {"next": onward})


def signing_up(browser: Client, onward: str):
    new = {"name": "Eve", "email": "eve@example.org", "password1": PASSWORD, "next": onward}
    return browser.post(reverse("account_signup"), new)


def signing_out(browser: Client, onward: str):
    browser.force_login(make_user("Ada"))
    return browser.post(reverse("account_logout"), {"next": onward})


def asked_again(browser: Client, onward: str):
    browser.force_login(make_user("Ada"))
    return browser.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": onward})


def at_a_device(browser: Client, onward: str):
    user = make_user("Ada")
    browser.force_login(user)
    device = Device.objects.create(user=user, endpoint="https://push.example.org/ada")
    return browser.post(reverse("notifications:remove_device", args=[device.pk]), {"next": onward})


def in_the_admin(browser: Client, onward: str):
    browser.force_login(make_user("Root", is_staff=True, is_superuser=True))
    return browser.get(reverse("admin:login"), {"next": onward})


PLACES = [signing_in, signed_in_already, signing_up, signing_out, asked_again, at_a_device, in_the_admin]


@pytest.mark.parametrize("place", PLACES[:-1], ids=lambda place: place.__name__)
def test_next_leads_to_a_path_of_ours(place):
    answer = place(Client(), "/organise/")
    assert (answer.status_code, answer["Location"]) == (302, "/organise/")


@pytest.mark.parametrize("onward", ELSEWHERE, ids=ascii)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_next_leads_nowhere_else(place, onward):
    answer = place(Client(), onward)
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:
        assert answer["Location"].startswith("/") and answer["Location"][1:2] not in ("/", "\\")
        assert urlsplit(urljoin("https://testserver/account/", answer["Location"])).netloc == "testserver"
