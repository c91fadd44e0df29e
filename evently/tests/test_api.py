"""What holds at every address of the API."""

import json

import pytest
from django.test import Client

from bookings.models import Booking
from tests.api import PROBLEM, Api, assert_problem, unknown_id
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db

BODIES = [
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/logout"),
    ("PATCH", "/api/auth/me"),
    ("POST", "/api/events"),
    ("PATCH", "/api/events/{event}"),
    ("POST", "/api/bookings"),
    ("POST", "/api/tickets/verify"),
]


@pytest.fixture
def api():
    return Api(make_user())


@pytest.fixture(params=BODIES, ids=lambda one: one[1])
def send(request, api):
    """Send a body to each address that takes one."""
    method, path = request.param
    path = path.format(event=make_event().pk)
    return lambda body, **headers: api.send(method, path, body, **headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": ["\\ud800"]}',
        b'{"a": {"b": "\\udfff\\ud800"}}',
        b'{"a": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(send, body):
    assert_problem(send(body), 400, "malformed")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_a_body_that_is_not_json_is_not_read(send, content_type):
    assert_problem(send(b'{"a": 1}', Content_Type=content_type), 415, "unsupported-media-type")


def test_a_body_of_more_than_a_megabyte_is_too_large(send):
    assert_problem(send(json.dumps({"a": "x" * 1024 * 1024}).encode()), 413, "too-large")


def test_what_is_no_representation_of_ours_is_not_acceptable(send):
    assert_problem(send({}, Accept="text/html"), 406, "not-acceptable")


def test_a_charset_in_the_content_type_is_fine(api):
    response = api.send("PATCH", "/api/auth/me", {"name": "Zoë"}, Content_Type="application/json; charset=utf-8")
    assert response.json()["name"] == "Zoë"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/auth/login", "POST, OPTIONS"),
        ("DELETE", "/api/auth/me", "GET, PATCH, HEAD, OPTIONS"),
        ("PUT", "/api/events", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/api/events/{id}", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("POST", "/api/events/{id}/availability", "GET, HEAD, OPTIONS"),
        ("GET", "/api/bookings", "POST, OPTIONS"),
        ("PATCH", "/api/bookings/{id}", "GET, DELETE, HEAD, OPTIONS"),
        ("TRACE", "/api/bookings/my", "GET, HEAD, OPTIONS"),
        ("BREW", "/api/tickets/verify", "POST, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there_says_which_are(api, method, path, allowed):
    response = api.send(method, path.format(id=unknown_id()), {})
    assert_problem(response, 405, "method-not-allowed")
    assert response["Allow"] == allowed


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/events/", "/api/auth", "/api/bookings/my/x", "/api/é"])
def test_an_address_that_is_not_there_is_a_problem_too(path):
    for method in ("GET", "POST"):
        assert_problem(Api().send(method, path), 404, "not-found")


def test_head_and_options_are_answered(api):
    head, get = api.send("HEAD", "/api/events"), api.send("GET", "/api/events")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])
    assert api.send("OPTIONS", "/api/bookings").status_code == 200


def test_no_answer_sets_a_cookie_or_needs_a_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user())
    response = browser.post("/api/bookings", b"{}", content_type="application/json")
    assert response.status_code == 401  # not 403: a cookie neither helps nor hurts here
    assert response.cookies == {}
    assert Booking.objects.count() == 0


def test_a_nul_in_the_address_is_refused():
    response = Api().send("GET", "/api/events?search=%00")
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
