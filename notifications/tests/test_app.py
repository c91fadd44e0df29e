"""What browsers need to keep Evently as an app: the manifest, the service worker, and whose a page is."""

import json
import re

import pytest
from django.conf import settings as site
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from core.owner import HEADER, owner_of
from tests.factories import make_booking, make_event, make_user
from tests.push_service import PRIVATE_KEY

pytestmark = pytest.mark.django_db


def sign_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=site.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_manifest_has_what_it_takes_to_be_installed(client):
    response = client.get("/manifest.webmanifest")
    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {(one["sizes"], one["purpose"]) for one in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code in (200, 302)


def test_pictures_are_as_large_as_they_say():
    for name, size in (
        ("icon-192", 192),
        ("icon-512", 512),
        ("maskable-512", 512),
        ("touch-180", 180),
        ("badge-96", 96),
    ):
        with Image.open(finders.find(f"img/app/{name}.png")) as picture:
            assert picture.size == (size, size)


def worker(client) -> tuple[dict, str]:
    """What the service worker knows, and the code after it."""
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert (response["Cache-Control"], response["Service-Worker-Allowed"]) == ("no-cache", "/")
    known, code = re.fullmatch(r"self\.EVENTLY = (\{.*\});\n(.*)\n", response.content.decode()).groups()
    return json.loads(known), code


def test_the_service_worker_knows_the_hashed_names_of_what_the_offline_page_needs(client, settings):
    settings.VAPID_PRIVATE_KEY = PRIVATE_KEY
    known, code = worker(client)
    page = client.get("/offline").content.decode()
    assert code.startswith('importScripts("/static/js/worker/pages.')
    assert len(known["key"]) == 87
    assert len(known["precache"]) > 10
    assert all(re.search(r"\.[0-9a-f]{12}\.", name) and name in page for name in known["precache"])
    for needed in ("css/site.", "build/fonts/text.", "js/saved-tickets.", "js/full-screen-code."):
        assert any(needed in name for name in known["precache"])


def test_the_offline_page_is_the_same_for_everybody(client):
    ada = make_user("Ada")
    page, hers = client.get("/offline"), sign_in(ada).get("/offline")
    assert page.content == hers.content
    assert "ETag" not in page
    # But who looks at it has not signed out by that.
    assert (page[HEADER], hers[HEADER]) == ("none", owner_of(ada))


def test_what_is_the_same_for_everybody_is_asked_for_without_a_query(client, django_assert_num_queries):
    client.get("/offline")
    with django_assert_num_queries(0):
        for path in ("/offline", "/sw.js", "/manifest.webmanifest"):
            client.get(path)


def test_each_page_says_whose_it_is_without_saying_who(client):
    ada, bob = make_user("Ada"), make_user("Bob")
    path = make_event().get_absolute_url()
    hers, his = sign_in(ada).get(path), sign_in(bob).get(path)
    assert hers[HEADER] == owner_of(ada)
    assert his[HEADER] == owner_of(bob)
    assert client.get(path)[HEADER] == "none"
    assert re.fullmatch(r"[0-9a-f]{20}", hers[HEADER])
    assert f'data-owner="{owner_of(ada)}"' in hers.content.decode()
    assert hers[HEADER] not in str(ada.pk).replace("-", "")


def test_codes_say_so_too_and_programs_are_told_nothing():
    ada = make_user("Ada")
    booking = make_booking(customer=ada)
    client = sign_in(ada)
    assert client.get(f"/tickets/booking/{booking.pk}/qr.svg")[HEADER] == owner_of(ada)
    assert HEADER not in client.get("/api/events")
    assert HEADER not in client.get("/manifest.webmanifest")


def test_signing_out_leads_to_a_page_that_is_nobody_s():
    client = sign_in(make_user("Ada"))
    client.get("/bookings/")
    assert client.post("/account/logout/", follow=True)[HEADER] == "none"


def test_pages_may_have_a_worker_and_a_manifest_of_this_site_alone(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
