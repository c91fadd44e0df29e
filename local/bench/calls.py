"""The requests of the crowd, as apps and browsers send them."""

import json
from collections.abc import Iterable
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

from django.conf import settings

from events.models import Event
from events.presentation import quantity_field
from local.bench.world import Buyer
from rehearsal.crowd import Call

SEATS = 2


def book(event_id: UUID, buyer: Buyer, *, seats: int = SEATS, key: str = "") -> Call:
    """`POST /api/bookings`, as a mobile client sends it."""
    headers = {"Authorization": f"Bearer {buyer.token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    return Call("POST", "/api/bookings", headers, json.dumps({"event": str(event_id), "quantity": seats}).encode())


def submit(event: Event, buyer: Buyer, address: str, *, token: bool) -> tuple[str, Call]:
    """The form of the event's page, as a browser sends it, with a key of its own. `token`: the page has one."""
    key = uuid4().hex
    fields = f"key={key}&" + "&".join(f"{quantity_field(kind.pk)}={SEATS}" for kind in event.ticket_types.all())
    secret = uuid4().hex
    cookie = session_cookie(buyer)
    if token:
        cookie += f"; {settings.CSRF_COOKIE_NAME}={secret}"
        fields += f"&csrfmiddlewaretoken={secret}"
    headers = {
        "Cookie": cookie,
        "Origin": address,
        "Referer": f"{address}{event.get_absolute_url()}",
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        "Accept": "text/html,application/xhtml+xml",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return key, Call("POST", f"/bookings/start/{event.slug}", headers, fields.encode())


def session_cookie(buyer: Buyer) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={buyer.session}"


def read(path: str, headers: dict[str, str] | None = None) -> Call:
    return Call("GET", path, {"Accept": "*/*", **(headers or {})})


def from_everywhere(call: Call) -> list[Call]:
    """The same call by people at a few hundred addresses: what one address may ask is not what is measured."""
    return [replace(call, headers={**call.headers, "X-Forwarded-For": f"192.0.2.{n}"}) for n in range(1, 255)]


def first_answer(address: str, call: Call) -> tuple[int, str, bytes]:
    """Status, ETag (empty when there is none) and body of one call."""
    request = Request(address + call.path, headers=dict(call.headers))  # noqa: S310  our own address
    try:
        with urlopen(request, timeout=60) as response:  # noqa: S310
            return response.status, response.headers.get("ETag", ""), response.read()
    except HTTPError as error:
        return error.code, "", error.read()


def booking_ids(bodies: Iterable[bytes]) -> set[UUID]:
    """The ids of the bookings that the API answered with."""
    return {UUID(json.loads(body)["id"]) for body in bodies}
