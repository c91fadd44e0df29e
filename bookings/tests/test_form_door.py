"""The ticket picker's form, answered in the event loop and by Django: alike where both can, else by Django alone."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from core.native.limits import NativeLimit
from events import operations as events
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of
from tests.native import NativeReply, native_doors

pytestmark = pytest.mark.django_db(transaction=True)

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}


@pytest.fixture(scope="module")
def native():
    with native_doors() as client:
        yield client


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def chosen(event, *quantities, key="k1") -> bytes:
    types = event.types_for_sale()
    fields = {f"quantity_{one.pk}": number for one, number in zip(types, quantities, strict=True)}
    return urlencode({"key": key, **fields}).encode()


def post(native, event, body, session, **headers) -> NativeReply:
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; theme=dark",
        **SAME_ORIGIN,
        **headers,
    }
    return native.send("POST", f"/bookings/start/{event.slug}", body, **sent)


def by_django(event, body, session, **headers) -> NativeReply:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    url = reverse("bookings:start", args=[event.slug])
    response = client.post(
        url, body, content_type="application/x-www-form-urlencoded", headers={**SAME_ORIGIN, **headers}
    )
    named = {name.lower(): value for name, value in response.items()}
    return NativeReply(response.status_code, named, response.content)


def normal(reply: NativeReply):
    headers = {name: re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", value) for name, value in reply.headers.items()}
    headers["content-security-policy"] = sorted(headers["content-security-policy"].split("; "))
    headers["expires"] = "<now>"
    return reply.status, {**headers, "content-length": "0"}, reply.body


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
def test_both_doors_put_seats_in_a_basket_alike(native, headers):
    event = make_event(ticket_types=[TicketTypeInput("A"), TicketTypeInput("B", capacity=4)])
    sessions = [session_of(make_user()) for _ in range(2)]
    body = chosen(event, 1, 2)
    swift, slow = post(native, event, body, sessions[0], **headers), by_django(event, body, sessions[1], **headers)
    assert swift.status == (200 if headers else 302)
    assert normal(swift) == normal(slow)
    baskets = Booking.objects.order_by("created_at").values("status", "quantity", "total", "event")
    assert baskets[0] == baskets[1] == {"status": "pending", "quantity": 3, "total": 0, "event": event.pk}


def test_one_form_sent_to_both_doors_is_one_basket(native):
    event, session = make_event(), session_of(make_user())
    places = {
        door(event, chosen(event, 2), session).headers["location"]
        for door in (by_django, lambda *call: post(native, *call), by_django)
    }
    assert len(places) == Booking.objects.count() == 1


def test_another_choice_on_the_same_page_is_another_basket(native):
    event, session = make_event(), session_of(make_user())
    assert (
        post(native, event, chosen(event, 1), session).headers["location"]
        != (post(native, event, chosen(event, 2), session).headers["location"])
    )


def test_nobody_is_taken_for_somebody_else(native):
    event, ada = make_event(), make_user("Ada")
    session = session_of(ada)
    assert post(native, event, chosen(event, 1), "0" * 32).status == 0
    assert post(native, event, chosen(event, 1), "").status == 0
    ada.set_password("another correct horse")
    ada.save()
    assert post(native, event, chosen(event, 1), session).status == 0
    session = session_of(ada)
    Session.objects.filter(pk=session).update(expire_date=timezone.now())
    assert post(native, event, chosen(event, 1), session).status == 0
    session = session_of(ada)
    ada.is_active = False
    ada.save()
    assert post(native, event, chosen(event, 1), session).status == 0
    assert not Booking.objects.exists()


STRANGE = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "another origin": {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    "a file upload": {"Content-Type": "multipart/form-data; boundary=x"},
    "another charset": {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_comes_from_elsewhere_or_in_another_form_is_django_s(native, name):
    event = make_event()
    reply = post(native, event, chosen(event, 1), session_of(make_user()), **STRANGE[name])
    assert (reply.status, reply.body) == (0, chosen(event, 1))
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"key=k",
        b"key=%00&quantity_{id}=1",
        b"key=k&quantity_{id}=x",
        b"key=k&quantity_{id}=-1",
        b"key=k&quantity_{id}=1&quantity_{id}=2",
        b"key=k&quantity_other=1",
        b"key=k&code=EARLY&quantity_{id}=1",
        b"key=k&quantity_{id}=99999",
        b"\xff=1&quantity_{id}=1",
    ],
)
def test_forms_that_need_a_word_are_django_s(native, body):
    event = make_event()
    body = body.replace(b"{id}", str(event.ticket_types.get().pk).encode())
    reply = post(native, event, body, session_of(make_user()))
    assert (reply.status, reply.body) == (0, body)
    assert not Booking.objects.exists()


def test_refusals_are_shown_by_django_and_counted_once(native, settings):
    settings.RATELIMIT_ENABLE = True
    event = make_event(capacity=1)
    make_booking(event)
    session = session_of(make_user())
    for _ in range(70):  # more than the limit allows in a minute
        assert post(native, event, chosen(event, 1), session).status == 0
    assert by_django(event, chosen(event, 1), session).status == 409


def test_events_that_sell_nothing_and_drafts_are_django_s(native):
    draft, cancelled = make_draft(), make_event()
    events.cancel_event(
        event=cancelled, version=cancelled.version, by=owner_of(cancelled.organizer), now=timezone.now()
    )
    for event in (draft, cancelled):
        assert post(native, event, chosen(event, 1), session_of(make_user())).status == 0
    assert not Booking.objects.exists()


def test_a_count_taken_back_after_its_window_leaves_nothing_behind_for_ever():
    limit = NativeLimit("book")
    name = limit._counter("somebody")

    async def take_back() -> int:
        try:
            await limit.take_back("somebody")  # the counter of an earlier window is gone, and this one is new
            return int(await limit._redis.ttl(name))
        finally:
            await limit.close()

    with ThreadPoolExecutor() as pool, override_settings(RATELIMIT_ENABLE=True):
        assert 0 < pool.submit(asyncio.run, take_back()).result(timeout=10) <= 65
