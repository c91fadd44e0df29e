"""Fingerprints: the same for the same, another for anything else."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from core.freshness import build, columns, fingerprint, is_public, unless_known
from tests.factories import make_event, make_user

PRIVATE = [{"Cookie": "evently_session=x"}, {"Authorization": "Bearer x"}]


def ask(**headers: str):
    request = RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.user = AnonymousUser()
    return request


def test_a_fingerprint_tells_values_apart_that_look_alike():
    values = [(1,), ("1",), (None,), ("None",), ((1, 2),), (1, 2), ("a", "b"), ("a', 'b",)]
    assert len({fingerprint(*value) for value in values}) == len(values)
    assert fingerprint(1, "x") == fingerprint(1, "x")


def test_another_process_names_its_build_alike():
    code = "import django; django.setup(); from core.freshness import build; print(build())"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert asked.stdout.strip() == build()


@pytest.mark.django_db
def test_columns_are_all_that_was_fetched_and_ask_for_nothing(django_assert_num_queries):
    event, user = make_event(), make_user("Ada")
    narrow = User.objects.only("name").get(pk=user.pk)
    with django_assert_num_queries(0):
        assert columns(narrow) == (user.pk, "Ada")
        before = columns(event)
        event.title = "Another"
        assert columns(event) != before
        assert columns(None) is None


@pytest.mark.parametrize("headers", PRIVATE)
def test_what_is_asked_in_somebodys_name_is_private(headers):
    assert is_public(ask())
    assert not is_public(ask(**headers))
    answer = unless_known(ask(**headers), '"1"', HttpResponse)
    assert (answer["Cache-Control"], answer["ETag"]) == ("private, no-cache", '"1"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If_None_Match": 'W/"1"'}, 304),
        ({"If_None_Match": '"0", "1"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"2"'}, 200),
        ({"If_Match": '"2"'}, 412),
        ({"If_Modified_Since": "Mon, 01 Jan 2035 00:00:00 GMT"}, 200),  # says nothing where there is an ETag alone
    ],
)
def test_nothing_is_made_for_who_has_it_already(headers, status):
    made = []

    def make() -> HttpResponse:
        made.append(1)
        return HttpResponse("page")

    answer = unless_known(ask(**headers), 'W/"1"', make, vary=["HX-Request"])
    assert (answer.status_code, len(made)) == (status, 1 if status == 200 else 0)
    if status != 412:
        assert (answer["ETag"], answer["Cache-Control"], answer["Vary"]) == (
            'W/"1"',
            "public, no-cache",
            "HX-Request",
        )


def test_an_error_gets_no_etag():
    answer = unless_known(ask(), '"1"', lambda: HttpResponse(status=400))
    assert "ETag" not in answer
    assert "Cache-Control" not in answer
