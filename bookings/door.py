"""POST /api/bookings in the event loop: what `bookings.api.Bookings` answers, for thousands at the same instant.

It takes plain requests alone: a valid token, JSON with an event and quantities. Whatever else may come, refused
tokens and malformed bodies among it, Django answers. The contract test (bookings/tests/test_contract.py) holds the
two to the same answers.
"""

import re
from io import BytesIO
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone
from rest_framework.exceptions import ParseError

from accounts.tokens import bearer
from bookings.counter import Counter
from bookings.documents import booking_document
from bookings.errors import DeskBusy
from bookings.models import Booking
from bookings.operations.plan import MAX_QUANTITY, Request
from core.errors import DomainError, TooManyRequests
from core.native.answer import NativeAnswer, json_answer, problem_answer
from core.native.cors import cross_origin
from core.native.limits import NativeLimit
from core.native.log import log_answer
from core.native.request import NativeRequest
from core.rest.parsers import StrictJSONParser
from events.operations.inputs import MAX_TICKET_TYPES

log = structlog.get_logger(__name__)

PATH = "/api/bookings"
ALLOW = "POST, OPTIONS"
IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,128}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class BookingDoor:
    """For one event loop."""

    route = "api/bookings"

    def __init__(self, counter: Counter, limit: NativeLimit) -> None:
        self._counter = counter
        self._limit = limit

    async def answer(self, call: NativeRequest) -> NativeAnswer | None:
        """None: not for this door."""
        user_id = bearer(call.headers.get("authorization", ""))
        wanted = _wanted(call) if user_id else None
        key = call.headers.get("idempotency-key")
        if user_id is None or wanted is None or (key is not None and not IDEMPOTENCY_KEY.fullmatch(key)):
            return None
        usage = None
        try:
            usage = await self._limit.check(str(user_id))
            answer = await self._book(wanted, user_id, key)
        except TooManyRequests as refusal:
            answer, usage = problem_answer(refusal, allow=ALLOW), refusal.usage
        except DomainError as refusal:
            answer = problem_answer(refusal, allow=ALLOW)
        answer.headers |= cross_origin(call) | (usage.headers if usage else {})
        log_answer(call, answer, str(user_id))
        return answer

    def busy(self) -> NativeAnswer:
        """While the database is away."""
        return problem_answer(DeskBusy(), allow=ALLOW)

    async def _book(self, wanted: Request, user_id: UUID, key: str | None) -> NativeAnswer:
        now = timezone.now()
        booked = await self._counter.claim(wanted, user_id, now, key=key)
        answer = json_answer(201, booking_document(booked, now), allow=ALLOW, location=f"{PATH}/{booked.pk}")
        if isinstance(booked, Booking):
            answer.headers["idempotency-replayed"] = "true"
        return answer


def is_booking(scope: dict[str, Any]) -> bool:
    return bool(scope["method"] == "POST" and scope["path"] == PATH)


def _wanted(call: NativeRequest) -> Request | None:
    """The request that a plain body asks for; None for one that is not plain, right or wrong."""
    if not (_sends_json(call) and _takes_json(call)) or "cookie" in call.headers:
        return None
    try:
        data = StrictJSONParser().parse(BytesIO(call.body))
    except ParseError:
        return None
    match data:
        case {"event": event, "quantity": quantity, **others} if _is_quantity(quantity):
            items: list[tuple[UUID, int] | None] = []
        case {"event": event, "items": [*chosen], **others} if 0 < len(chosen) <= MAX_TICKET_TYPES:
            quantity, items = None, [_item(item) for item in chosen]
        case _:
            return None
    event_id = _id(event)
    if event_id is None or others or not all(items):
        return None
    return Request(event_id, [item for item in items if item], quantity)


def _sends_json(call: NativeRequest) -> bool:
    media_type, _, parameters = call.headers.get("content-type", "").partition(";")
    return media_type.strip() == "application/json" and parameters.strip().lower() in ("", "charset=utf-8")


def _takes_json(call: NativeRequest) -> bool:
    accepted = call.headers.get("accept", "*/*")
    return ("*/*" in accepted or "application/json" in accepted) and "q=0" not in accepted


def _item(item: Any) -> tuple[UUID, int] | None:
    if not isinstance(item, dict) or item.keys() != {"ticket_type", "quantity"}:
        return None
    ticket_type, quantity = _id(item["ticket_type"]), item["quantity"]
    return (ticket_type, quantity) if ticket_type and _is_quantity(quantity) else None


def _id(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) and _ID.fullmatch(value) else None


def _is_quantity(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MAX_QUANTITY
