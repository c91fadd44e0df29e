"""Every address and method, by everybody: the table of tests/permissions.py, asked line by line."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from tests import permissions
from tests.routes import address, all_routes
from tests.world import PEOPLE, World, make_world

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN = ("/account/login/", "/admin/login/")
# Django's class-based forms take a PUT for a POST, and allauth sends people on before it looks at the method.
FORMS_OF_ALLAUTH = "/account/"
# Where people sign in and out there; the first sends them to our own page.
OPEN_IN_THE_ADMIN = {"/admin/login/", "/admin/logout/", "/admin/jsi18n/"}
ROUTES = [f"/{route}" for route in dict.fromkeys(all_routes())]
OURS = [route for route in ROUTES if not route.startswith("/admin/")]
LINES = [line.split() for line in permissions.TABLE.splitlines() if line.strip() and not line.startswith("#")]
TABLE = {(method, route): tuple(words) for method, route, *words in LINES}
KNOWN = {route for _, route in TABLE}
SECTIONS = sorted({route.split("/")[1] for route in OURS})


@pytest.fixture
def world() -> World:
    return make_world()


@contextmanager
def undone() -> Iterator[None]:
    """What a request changes is undone behind it: the next one finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def path_of(world: World, route: str) -> str:
    """The address of what there is in the world."""
    return address(route[1:], lambda kind, name: world.value(route[1:], name))


def answer(world: World, who: str, method: str, route: str, sent: dict[str, Any]) -> Any:
    path = path_of(world, route)
    with undone():
        if route.startswith("/api/"):
            return world.program(who).send(method, path, None if method in ("GET", "DELETE") else sent)
        if method == "POST":
            return world.browser(who).post(path, sent)
        return world.browser(who).generic(method, path)


def word(response: Any) -> str:
    """What is answered, as the table says it."""
    status = response.status_code
    if status == 401 or (status == 302 and response["Location"].startswith(SIGN_IN)):
        return "in"
    return "yes" if status < 400 else str(status)


def line(method: str, route: str, words: tuple[str, ...]) -> str:
    return f"{method:<6} {route:<70} " + " ".join(f"{word:<7}" for word in words).rstrip()


def test_the_table_has_what_the_url_configuration_has():
    assert sorted(set(OURS) - KNOWN) == []
    assert sorted(KNOWN - set(OURS)) == []
    assert {len(words) for words in TABLE.values()} == {len(PEOPLE)}


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_everybody_is_let_in_where_the_table_says_and_nowhere_else(world, section):
    sent = permissions.sent(world)
    asked = [key for key in product(OURS, METHODS) if key[0].split("/")[1] == section]
    heard = []
    for route, method in asked:
        people = PEOPLE if (method, route) in TABLE or route not in KNOWN else ("guest", "staff")
        words = tuple(word(answer(world, who, method, route, sent.get(f"{method} {route}", {}))) for who in people)
        if (method, route) in TABLE or not (set(words[1:]) == {"405"} or _is_allauths_own(method, route)):
            heard.append(line(method, route, words))
    said = [line(method, route, TABLE[method, route]) for route, method in asked if (method, route) in TABLE]
    if missing_or_wrong := [found for found in heard if found not in said]:
        pytest.fail("So it is, and the table does not say so:\n" + "\n".join(missing_or_wrong))
    assert heard == said


def _is_allauths_own(method: str, route: str) -> bool:
    return method in ("PUT", "PATCH", "DELETE") and route.startswith(FORMS_OF_ALLAUTH)


@pytest.mark.slow
def test_the_admin_is_for_staff_alone(world):
    """What staff find there has tests of its own (tests/test_admin.py)."""
    asked = product(("nobody", "guest", "owner"), ("GET", "POST"), sorted(set(ROUTES) - set(OURS) - OPEN_IN_THE_ADMIN))
    let_in = [line for line in asked if word(_in_the_admin(world, *line)) != "in"]
    assert let_in == []


def _in_the_admin(world: World, who: str, method: str, route: str) -> Any:
    with undone():
        return world.browser(who).generic(method, address(route[1:], lambda kind, name: "1"))
