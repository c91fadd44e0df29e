"""One contract, two doors: POST /api/bookings answered in the event loop and by Django, to the same requests."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from core import limits
from events import operations as events
from events.operations import TicketTypeInput
from tests.api import Api, access_token, unknown_id
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of
from tests.native import NativeReply, native_doors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def native():
    with native_doors() as client:
        yield client


def by_native(native, user, body, headers) -> NativeReply:
    sent = {"Authorization": f"Bearer {access_token(user)}", "Content-Type": "application/json", **headers}
    return native.send("POST", "/api/bookings", body, **sent)


def by_django(user, body, headers) -> NativeReply:
    response = Api(user).send("POST", "/api/bookings", body, **headers)
    return NativeReply(
        response.status_code, {name.lower(): value for name, value in response.items()}, response.content
    )


def normal(reply: NativeReply):
    """An answer without what is new each time: ids, references, the moment."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", reply.body.decode())
    text = re.sub(r'"reference":"\w+"', '"reference":"<reference>"', text)
    text = re.sub(r'"created_at":"[^"]+"', '"created_at":"<moment>"', text)
    headers = {
        name: re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", value)
        for name, value in reply.headers.items()
        if name != "content-length"
    }
    headers["content-security-policy"] = sorted(headers["content-security-policy"].split("; "))
    return reply.status, headers, text


def free(**more):
    return make_event(**more), {"quantity": 2}


def priced():
    types = [TicketTypeInput("Stalls", price=Decimal("12.50")), TicketTypeInput("Box", price=Decimal(40), capacity=6)]
    event = make_event(ticket_types=types, currency="EUR")
    return event, {"items": [{"ticket_type": str(one.pk), "quantity": 2} for one in event.types_for_sale()]}


def full():
    event = make_event(capacity=2)
    make_booking(event, quantity=1)
    return event, {"quantity": 2}


def full_type():
    event = make_event(ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    return event, {"items": [{"ticket_type": str(one.pk), "quantity": 2} for one in event.types_for_sale()]}


def too_many():
    return make_event(), {"quantity": 11}


def limited():
    return make_event(max_per_person=1), {"quantity": 2}


def closed():
    return make_event(ticket_types=[TicketTypeInput("Late", sales_end_at=timezone.now() - timedelta(hours=1))]), {
        "quantity": 1
    }


def early():
    opening = (timezone.now() + timedelta(hours=1)).replace(microsecond=0)
    return make_event(ticket_types=[TicketTypeInput("Early", sales_start_at=opening)]), {"quantity": 1}


def called_off():
    event = make_event()
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    return event, {"quantity": 1}


def draft():
    return make_draft(), {"quantity": 1}


def nothing():
    return None, {"event": unknown_id(), "quantity": 1}


def twice():
    event = make_event()
    item = {"ticket_type": str(event.ticket_types.get().pk), "quantity": 1}
    return event, {"items": [item, item]}


def strange_type():
    return make_event(), {"items": [{"ticket_type": unknown_id(), "quantity": 1}]}


def several_types():
    return make_event(ticket_types=[TicketTypeInput("A"), TicketTypeInput("B")]), {"quantity": 1}


def taxed_and_charged():
    ticket = TicketTypeInput("Seat", price=Decimal("12.34"), tax_rate=Decimal("7.7"))
    return make_event(ticket_types=[ticket], fee_fixed=Decimal("1.50"), fee_percent=Decimal("2.5")), {"quantity": 3}


def hidden():
    event = make_event(ticket_types=[TicketTypeInput("Open"), TicketTypeInput("Backstage", hidden=True)])
    return event, {"items": [{"ticket_type": str(event.ticket_types.get(hidden=True).pk), "quantity": 1}]}


def one_of_two_on_show():
    return make_event(ticket_types=[TicketTypeInput("Open"), TicketTypeInput("Backstage", hidden=True)]), {
        "quantity": 1
    }


SCENES = [
    free,
    priced,
    taxed_and_charged,
    hidden,
    one_of_two_on_show,
    full,
    full_type,
    too_many,
    limited,
    closed,
    early,
    called_off,
    draft,
    nothing,
    twice,
    strange_type,
    several_types,
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("key", [None, "a key"])
def test_both_doors_answer_alike(native, scene, key):
    event, asked = scene()
    body = json.dumps({**({"event": str(event.pk)} if event else {}), **asked}).encode()
    headers = {"Idempotency-Key": key} if key else {}
    for_native, for_django = make_user("Nat"), make_user("Django")
    first = by_native(native, for_native, body, headers)
    assert first.status != 0, "the native door has handed it on"
    assert normal(first) == normal(by_django(for_django, body, headers))
    if key and first.status == 201:
        again, as_before = by_native(native, for_native, body, headers), by_django(for_django, body, headers)
        assert normal(again) == normal(as_before)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.json()["id"] == first.json()["id"]
        # One booking, whichever door is asked again.
        assert by_django(for_native, body, headers).json()["id"] == first.json()["id"]
        assert by_native(native, for_django, body, headers).json()["id"] == as_before.json()["id"]


def test_the_same_key_with_another_body_is_refused_alike(native):
    event, people = make_event(), [make_user(), make_user()]
    bodies = [json.dumps({"event": str(event.pk), "quantity": quantity}).encode() for quantity in (1, 2)]
    headers = {"Idempotency-Key": "k"}
    by_native(native, people[0], bodies[0], headers)
    by_django(people[1], bodies[0], headers)
    refused = by_native(native, people[0], bodies[1], headers)
    assert refused.status == 422
    assert normal(refused) == normal(by_django(people[1], bodies[1], headers))


def test_both_doors_count_against_one_limit(native, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "book", limits.Policy("4/h", "person"))
    event, ada = make_event(capacity=100), someone_early_in_their_hour()
    body = json.dumps({"event": str(event.pk), "quantity": 1}).encode()
    replies = []
    for _ in range(3):
        replies += [by_native(native, ada, body, {}), by_django(ada, body, {})]
    assert [reply.status for reply in replies] == [201] * 4 + [429] * 2
    assert all(0 < int(reply.headers["retry-after"]) <= 3600 for reply in replies[4:])
    assert Booking.objects.count() == 4


def someone_early_in_their_hour() -> User:
    """Whose counter does not begin anew while a test counts: each person's does at a minute of their own."""
    return next(one for one in iter(make_user, None) if limits.counter_of("book", str(one.pk))[1] > 1800)


NOT_PLAIN = {
    "no token": (b'{"event": "%s", "quantity": 1}', {"Authorization": ""}),
    "bad token": (b'{"event": "%s", "quantity": 1}', {"Authorization": "Bearer a.b.c"}),
    "no JSON": (b"event=%s", {}),
    "another type": (b'{"event": "%s", "quantity": 1}', {"Content-Type": "text/plain"}),
    "a bad key": (b'{"event": "%s", "quantity": 1}', {"Idempotency-Key": ""}),
    "both": (b'{"event": "%s", "quantity": 1, "items": []}', {}),
    "neither": (b'{"event": "%s"}', {}),
    "null": (b'{"event": "%s", "quantity": 1, "items": null}', {}),
    "true": (b'{"event": "%s", "quantity": true}', {}),
    "text": (b'{"event": "%s", "quantity": "1"}', {}),
    "zero": (b'{"event": "%s", "quantity": 0}', {}),
    "no id": (b'{"event": "%s!", "quantity": 1}', {}),
    "a name": (b'{"event": "%s", "quantity": 1, "name": "Zo\\u00eb"}', {}),
    "a promo code": (b'{"event": "%s", "quantity": 1, "code": "EARLY"}', {}),
    "a stranger": (b'{"event": "%s", "quantity": 1, "role": "admin"}', {}),
    "a cookie": (b'{"event": "%s", "quantity": 1}', {"Cookie": "a=%00"}),
    "XML please": (b'{"event": "%s", "quantity": 1}', {"Accept": "application/xml"}),
    "another host": (b'{"event": "%s", "quantity": 1}', {"Host": "evil.example/"}),
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_goes_to_django_untouched(native, name):
    template, headers = NOT_PLAIN[name]
    body = template.replace(b"%s", str(make_event().pk).encode())
    reply = by_native(native, make_user(), body, headers)
    assert (reply.status, reply.body) == (0, body)
    assert not Booking.objects.exists()
