"""What each rule of the table does while Redis is away, and when it is back: with a Redis that really stops."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from core import limits
from core.cache import here
from core.errors import TooManyRequests
from core.limits import POLICIES, limit
from local.valkey import Valkey
from tests.factories import make_user


@pytest.fixture
def valkey(tmp_path, settings) -> Iterator[Valkey]:
    """A Redis of the test's own, which counts for its site."""
    server = Valkey(tmp_path, durable=False)
    server.start()
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": server.url}}
    settings.RATELIMIT_ENABLE = True
    here.clear()
    yield server
    here.clear()
    cache.close()
    server.discard()


def request_of(person: Any = None):
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    request.user = person or AnonymousUser()
    return request


def allowed(group: str, tries: int) -> int:
    """How many of so many requests of one person, from one address, go through."""
    person = SimpleNamespace(pk=group, is_authenticated=True)
    through = 0
    for _ in range(tries):
        try:
            limit(request_of(person), group)
        except TooManyRequests:
            continue
        through += 1
    return through


@pytest.fixture
def few(monkeypatch) -> None:
    """Each policy as it is, but for two in an hour."""
    for group, policy in POLICIES.items():
        monkeypatch.setitem(limits.POLICIES, group, limits.Policy("2/h", policy.per, policy.guarded))


@pytest.mark.parametrize("group", sorted(POLICIES))
def test_guarded_doors_are_counted_by_the_process_and_open_ones_stay_open(valkey, few, group):
    assert allowed(group, 3) == 2
    valkey.stop()
    assert allowed(group, 4) == (2 if POLICIES[group].guarded else 4)


def test_guessing_doors_are_guarded():
    assert {group for group, policy in POLICIES.items() if policy.guarded} == {
        "code", "invite", "link", "password", "push-test", "sell", "verify",
    }  # fmt: skip


@pytest.mark.django_db
def test_guessing_a_password_ends_without_redis_too(valkey, settings):
    settings.ACCOUNT_RATE_LIMITS = limits.ACCOUNT_RATES
    ada = make_user("Ada")
    valkey.stop()
    sent = {"login": ada.email, "password": "a guess"}
    said = [Client().post(reverse("account_login"), sent).context["form"].errors.as_text() for _ in range(6)]
    assert ["wrong too often" in words for words in said] == [False] * 5 + [True]


@pytest.mark.django_db
def test_signing_in_goes_on_without_redis(valkey, settings):
    settings.ACCOUNT_RATE_LIMITS = limits.ACCOUNT_RATES
    ada = make_user("Ada")
    valkey.stop()
    answer = Client().post(reverse("account_login"), {"login": ada.email, "password": "correct horse battery"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("events:list"))
