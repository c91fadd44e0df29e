"""Every address, with nonsense, by somebody who may do nothing, a little and all: nothing breaks.

Who is let in where: tests/test_permissions.py. What fits the schema of the API, and what does not:
tests/test_api_by_everybody.py.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications.tests.notices import make_notice
from tests.api import access_token
from tests.factories import make_booking, make_draft, make_event, make_team, make_user, owner_of
from tests.routes import all_routes
from tickets import operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

QUERY = "page=%FF&cursor=x&when=x&v=[&next=http://["
BODIES = {
    "application/x-www-form-urlencoded": b"name=%00&quantity=1e999&version=-1&confirmed=1&email=%40&row=99&next=[",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="image"; filename=""\r\n\r\n\x00',
    "application/json": b'{"event": 5, "code": [], "email": {}, "version": 1e999, "items": [null]}',
    "text/plain": b"\xff\xfe",
}
UNHEARD_OF = {"slug": "nowhere", "uuid": "01900000-0000-7000-8000-000000000000"}
# The admin has a test of its own, for every model.
ROUTES = sorted({route for route in all_routes() if not route.startswith("admin/")})


def filled(route: str, known: dict[str, Any]) -> str:
    """A route as an address: what is `known` in the places of its names, else something unheard of."""

    def value(found: re.Match[str]) -> str:
        kind, name = found[1], found[2]
        return str(known.get(f"{route.split('<')[0]}{name}", known.get(name, UNHEARD_OF.get(kind))))

    address = re.sub(r"<(\w+):(\w+)>", value, route)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)", "x", address).replace("^", "").replace("$", "")


@pytest.fixture
def theirs() -> dict[str, Any]:
    """What belongs to others, by the names that routes have for it."""
    booking = make_booking(make_event(), make_user("Owner"))
    operations.issue(booking_id=booking.pk)
    draft, notice = make_draft(), make_notice(booking.customer)
    return {
        "slug": draft.slug,
        "event_id": draft.pk,
        "pk": booking.pk,
        "booking_pk": booking.pk,
        "booking_id": booking.pk,
        "member": owner_of(draft.organizer).pk,
        "tickets/pk": Ticket.objects.get().pk,
        "organise/teams/pk": draft.organizer_id,
        "notifications/pk": notice.pk,
        "notice_id": notice.pk,
    }


@pytest.fixture(params=["nobody", "organiser", "staff"])
def visitor(request: pytest.FixtureRequest) -> User | None:
    """Nobody, or somebody to whom none of it belongs."""
    if request.param == "nobody":
        return None
    person = make_user("Vera", is_staff=request.param == "staff", is_superuser=request.param == "staff")
    if request.param == "organiser":
        make_team(person)
    return person


def client_of(person: User | None) -> Client:
    """A browser and a program at once; where something breaks, it is told so instead of raising."""
    if person is None:
        return Client(raise_request_exception=False)
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {access_token(person)}"})
    client.force_login(person)
    return client


def answers(client: Client, route: str, theirs: dict[str, Any]) -> Iterator[tuple[str, str, str, int]]:
    """What a door answers to every kind of nonsense: by the method it is for, about what there is, and once about
    what there is not."""
    there, nowhere = filled(route, theirs), filled(route, {})
    yield "GET", there, "query", client.get(f"{there}?{QUERY}").status_code
    for method in ("POST", "PATCH", "PUT", "DELETE") if route.startswith("api/") else ("POST",):
        for kind, body in BODIES.items():
            yield method, there, kind, client.generic(method, there, body, content_type=kind).status_code
    if nowhere != there:
        yield "GET", nowhere, "query", client.get(f"{nowhere}?{QUERY}").status_code
        kind, body = next(iter(BODIES.items()))
        yield "POST", nowhere, kind, client.generic("POST", nowhere, body, content_type=kind).status_code


def test_nothing_breaks_a_door(theirs, visitor):
    client = client_of(visitor)
    heard = [answer for route in ROUTES for answer in answers(client, route, theirs)]
    assert [answer for answer in heard if answer[-1] >= 500] == []
    assert len(heard) > 1000
