"""Every address, by everybody, with sense and nonsense: nothing breaks, and nothing private is shown."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from notifications.tests.notices import make_notice
from tests.api import access_token
from tests.factories import make_booking, make_draft, make_event, make_team, make_user, owner_of
from tickets import operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

# The admin has a test of its own, for every model.
NOT_HERE = "admin/"
# Where one must be the customer, or of the team, whose draft, booking or ticket it is.
PRIVATE = re.compile(
    r"(api/)?(bookings/<|tickets/<|tickets/booking/|organise/(events|teams)/<|notifications/<)|(api/)?events/<"
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
BODIES = {
    "application/x-www-form-urlencoded": b"name=%00&quantity=1e999&version=-1&confirmed=1&email=%40&row=99&next=[",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="image"; filename=""\r\n\r\n\x00',
    "application/json": b'{"event": 5, "code": [], "email": {}, "version": 1e999, "items": [null]}',
    "text/plain": b"\xff\xfe",
}
UNHEARD_OF = {"slug": "nowhere", "uuid": "01900000-0000-7000-8000-000000000000"}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route of the site, as urls.py spells it."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif route != NOT_HERE:
            yield from addresses(pattern, route)


ROUTES = sorted(set(addresses(get_resolver())))


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


@pytest.fixture(params=["nobody", "attendee", "organiser", "staff"])
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


def answers(person: User | None, address: str) -> Iterator[tuple[str, str, str, int]]:
    """What a door answers to every method, and to every kind of nonsense."""
    client = client_of(person)
    for method in METHODS:
        query = client.generic(method, f"{address}?page=%FF&cursor=x&when=x&v=[&next=http://[")
        yield method, address, "query", query.status_code
    for method, kind in product(("POST", "PATCH"), BODIES):
        sent = client.generic(method, address, BODIES[kind], content_type=kind)
        yield method, address, kind, sent.status_code


def test_nothing_breaks_a_door(theirs, visitor):
    nothing: dict[str, Any] = {}
    doors = [filled(route, known) for route in ROUTES for known in (theirs, nothing)]
    heard = [answer for door in doors for answer in answers(visitor, door)]
    assert [answer for answer in heard if answer[-1] >= 500] == []


def test_what_is_private_is_never_shown_to_strangers(theirs, visitor):
    shown = []
    for route in filter(PRIVATE.match, ROUTES):
        if visitor and visitor.is_staff and ("events/" in route or "teams/" in route):
            continue  # staff look after all events and teams
        address = filled(route, theirs)
        statuses = {client_of(visitor).generic(method, address).status_code for method in METHODS}
        if not statuses <= {302, 401, 403, 404, 405}:
            shown.append((address, statuses))
    assert shown == []
