"""Pages of other sites that call the API: those on the list may, with tokens; all others may not."""

import pytest
from django.test import Client

from evently.microcache import key_of
from tests.api import Api
from tests.factories import make_event, make_user
from tests.native import native_doors

APP = "https://app.example.org"


@pytest.fixture(autouse=True)
def listed(settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]


def preflight(path: str, origin: str, method: str = "POST"):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    return Client().options(path, headers={"Origin": origin, **asked})


def test_a_listed_page_may_ask_with_a_token_and_without_cookies():
    answer = preflight("/api/bookings", APP)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, APP)
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{APP}.evil.example", "http://app.example.org"])
def test_others_are_told_nothing(origin):
    assert "Access-Control-Allow-Origin" not in preflight("/api/bookings", origin)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/account/login/", "/live/events", "/webhooks/stripe"])
def test_nothing_but_the_api_is_open_to_other_sites(path):
    assert "Access-Control-Allow-Origin" not in preflight(path, APP, "GET")
    assert "Access-Control-Allow-Origin" not in Client().get(path, headers={"Origin": APP})


@pytest.mark.django_db
def test_answers_and_refusals_may_be_read():
    ada = Api(make_user("Ada"))
    for status, path in ((200, "/api/auth/me"), (404, "/api/nowhere")):
        answer = ada.send("GET", path, Origin=APP)
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (status, APP)
        assert "origin" in answer["Vary"].lower()


@pytest.mark.django_db(transaction=True)
def test_the_door_in_the_event_loop_says_what_django_says():
    ada, event = make_user("Ada"), make_event()
    body = f'{{"event": "{event.pk}", "quantity": 1}}'.encode()
    sent = {"Authorization": f"Bearer {Api(ada).token}", "Content-Type": "application/json"}
    with native_doors() as native:
        told = native.send("POST", "/api/bookings", body, Origin=APP, **sent)
        untold = native.send("POST", "/api/bookings", body, Origin="https://evil.example", **sent)
    assert (told.status, told.headers["access-control-allow-origin"]) == (201, APP)
    assert (untold.status, untold.headers.get("access-control-allow-origin")) == (201, None)


def test_what_is_kept_for_everybody_is_kept_by_listed_origins_alone():
    def key(*headers: tuple[bytes, bytes]):
        scope = {
            "method": "GET",
            "path": "/api/events",
            "query_string": b"",
            "scheme": "http",
            "headers": list(headers),
        }
        return key_of(scope)[0]

    assert key((b"origin", APP.encode())) != key()
    assert key((b"origin", b"https://evil.example")) == key()
