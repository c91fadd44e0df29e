"""What a limited answer says of its limit, to whom it counts, and what changes nothing about that."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core import limits
from core.limits import ACCOUNT_RATES, Policy
from tests.api import Api, assert_problem
from tests.factories import make_code, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db
VERIFY = ("POST", "/api/tickets/verify", {"code": "nonsense"})


@pytest.fixture(autouse=True)
def limited(settings, monkeypatch):
    """Limits as in production, but for three codes a minute from one address."""
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATES
    monkeypatch.setitem(limits.POLICIES, "verify", Policy("3/m", "address", guarded=True))
    monkeypatch.setitem(limits.POLICIES, "code", Policy("1/m", "address", guarded=True))
    yield
    cache.clear()


def test_an_answer_says_what_is_left_and_until_when():
    answers = [Api().send(*VERIFY) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"api";q=1200;w=60, "verify";q=3;w=60'}
    left = [answer["RateLimit"].split(", ")[1].split(";")[:2] for answer in answers]
    assert left == [['"verify"', f"r={left}"] for left in (2, 1, 0, 0)]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert_problem(answers[-1], 429, "too-many-requests")


def test_the_api_at_large_is_counted_for_each_person(monkeypatch):
    monkeypatch.setitem(limits.POLICIES, "api", Policy("2/m", "either"))
    ada, ben = Api(make_user("Ada")), Api(make_user("Ben"))
    assert [ada.send("GET", "/api/auth/me").status_code for _ in range(3)] == [200, 200, 429]
    assert ben.send("GET", "/api/auth/me").status_code == 200


def test_public_reads_are_not_counted_and_say_nothing_of_anybody(monkeypatch):
    monkeypatch.setitem(limits.POLICIES, "api", Policy("1/m", "either"))
    make_event()
    answers = [Api().send("GET", "/api/events") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not any("RateLimit" in answer for answer in answers)


def test_pages_tell_people_in_words():
    event = make_event()
    make_code(event)
    url = reverse("events:with_code", args=[event.slug])
    answers = [Client().get(url, {"code": "guess"}) for _ in range(2)]
    assert answers[-1].status_code == 429
    assert b"A moment, please" in answers[-1].content
    assert answers[-1]["RateLimit"].startswith('"code";r=0;t=')
    assert int(answers[-1]["Retry-After"]) > 0


def test_allauths_refusals_say_when_to_come_back(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    sent = {"name": "Ada", "email": "ada@example.org", "password1": "x"}
    answers = [Client().post(reverse("account_signup"), sent) for _ in range(2)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"


def test_an_organiser_looks_up_guests_so_often(monkeypatch):
    monkeypatch.setitem(limits.POLICIES, "look-up", Policy("2/d", "person"))
    event = make_event()
    page = Client()
    page.force_login(owner_of(event.organizer))
    url = reverse("guests:list", args=[event.slug])
    assert [page.get(url, {"q": "ada"}).status_code for _ in range(3)] == [200, 200, 429]
    assert page.get(url).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forged"),
    [
        (0, {"X-Forwarded-For": "{n}"}),
        (0, {"X-Real-IP": "{n}", "Forwarded": "for={n}", "True-Client-IP": "{n}", "X-Client-IP": "{n}"}),
        (1, {"X-Forwarded-For": "{n}, 192.0.2.7"}),
        (1, {"X-Real-IP": "{n}", "Forwarded": "for={n}", "X-Forwarded-For": "192.0.2.7"}),
        (2, {"X-Forwarded-For": "{n}, 192.0.2.7, 198.51.100.1"}),
    ],
)
def test_what_a_client_says_of_itself_gets_it_no_further(settings, proxies, forged):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    statuses = []
    for number in range(4):
        headers = {name: value.format(n=f"203.0.113.{number}") for name, value in forged.items()}
        statuses.append(Api(REMOTE_ADDR="198.51.100.2").send(*VERIFY, **headers).status_code)
    assert statuses == [200, 200, 200, 429]
