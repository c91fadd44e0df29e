"""What holds for all addresses alike, by the table of tests/permissions.py: what answers tell browsers, and that no
other site's page acts in somebody's name."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.headers import PERMISSIONS
from tests import permissions
from tests.test_permissions import TABLE, path_of, undone
from tests.world import PEOPLE, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# No cookie counts there: a provider signs what it sends, and a link from a mail is for this one thing (RFC 8058).
WITHOUT_COOKIES = ("/webhooks/", "/notifications/unsubscribe/", "/bookings/offer/", "/waitlist/offer/")
SAME = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFERRERS = {"strict-origin-when-cross-origin", "same-origin", "no-referrer"}
DOOR = "/organise/events/<slug:slug>/door"
# Mails as they arrive are shown in a frame of our own page.
FRAMED = {("X-Frame-Options", "/style/messages/<slug:kind>/<slug:length>")}
# What a page may name that is not ours: where forms lead on to, to pay; and pictures that are written into pages.
OTHERS = {"data:", "https://checkout.stripe.com"}


def let_in(method: str) -> list[tuple[str, str]]:
    """(route, somebody who is let in), for pages and files."""
    return [
        (route, next(who for who, word in zip(PEOPLE, words, strict=True) if word == "yes"))
        for (one, route), words in TABLE.items()
        if one == method and "yes" in words and not route.startswith("/api/")
    ]


def test_every_answer_says_what_a_browser_may_do_with_it():
    world, wrong = make_world(), []
    for route, who in let_in("GET"):
        with undone():
            answer = world.browser(who).get(path_of(world, route))
        if said := list(_wrong(route, answer)):
            wrong.append((route, said))
    assert wrong == []


def _wrong(route: str, answer: Any) -> Iterator[str]:
    """What an answer should have said otherwise."""
    policy = {name: set(sources) for name, *sources in map(str.split, answer["Content-Security-Policy"].split(";"))}
    sources = set().union(*(policy[name] for name in policy.keys() - {"sandbox"}))
    own_style = {"'unsafe-inline'"} if policy["default-src"] == {"'none'"} and "sandbox" in policy else set()
    if policy["default-src"] not in ({"'self'"}, {"'none'"}):
        yield f"default-src {policy['default-src']}"
    if unsafe := {source for source in sources if "unsafe" in source} - own_style:
        yield f"{unsafe}"
    if named := {source for source in sources if not source.startswith("'")} - OTHERS:
        yield f"{named}"
    for name, value in SAME.items():
        if answer.get(name) != value and (name, route) not in FRAMED:
            yield f"{name}: {answer.get(name)}"
    allowed = PERMISSIONS.replace("camera=()", "camera=(self)") if route == DOOR else PERMISSIONS
    if answer["Permissions-Policy"] != allowed:
        yield answer["Permissions-Policy"]
    if answer["Referrer-Policy"] not in REFERRERS:
        yield answer["Referrer-Policy"]


def test_no_other_sites_page_sends_a_form_in_somebodys_name():
    world, taken = make_world(), []
    sent = permissions.sent(world)
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for route, who in let_in("POST"):
        if route.startswith(WITHOUT_COOKIES):
            continue
        client = world.browser(who, enforce_csrf_checks=True)
        with undone():
            path = path_of(world, route)
            answer = client.post(path, sent.get(f"POST {route}", {}), headers=elsewhere)
        if answer.status_code != 403:
            taken.append((route, answer.status_code))
    assert taken == []
