"""POST /bookings/start/<slug> in the event loop: the ticket picker's form of somebody who is signed in, when it comes
from a page of ours and there are seats. All else, every page that is to be shown among it, is Django's
(`bookings.views.start`).
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.http.cookie import parse_cookie
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date

from accounts.sessions import SignedIn, signed_in
from bookings.counter import Counter
from bookings.errors import DeskBusy, Undecided
from bookings.forms import PREFIX, idempotency_key
from bookings.operations.plan import Request
from bookings.selection import SESSION_KEY as SELECTION
from core.batching import Batcher
from core.errors import DomainError
from core.native.answer import NativeAnswer
from core.native.limits import NativeLimit
from core.native.log import log_answer
from core.native.request import NativeRequest
from core.origin import is_ours, own_origins
from events.models import Event

PATH = "/bookings/start/"
MOST_FIELDS = 100
_KEY = re.compile(r"[-0-9A-Za-z]{0,64}")
_FIELD = re.compile(r"quantity_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,4}")
_SESSION = re.compile(r"[0-9a-z]{8,40}")


@dataclass(frozen=True)
class Form:
    """What was chosen, and the key of the page it was chosen on."""

    items: list[tuple[UUID, int]]
    key: str


class FormDoor:
    """For one event loop."""

    route = "bookings/start/<slug:slug>"

    def __init__(self, counter: Counter, limit: NativeLimit) -> None:
        self._counter = counter
        self._limit = limit
        self._sessions: Batcher[str, SignedIn | None] = Batcher(_read_sessions)
        self._events: Batcher[str, UUID | None] = Batcher(_read_events)

    async def answer(self, call: NativeRequest) -> NativeAnswer | None:
        """None: not for this door."""
        form = _form(call)
        key = parse_cookie(call.headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        if form is None or not _SESSION.fullmatch(key) or not _from_our_page(call):
            return None
        visitor = await self._sessions(key)
        event_id = await self._events(call.path.removeprefix(PATH))
        if visitor is None or event_id is None or SELECTION in visitor.data:
            return None
        answer = await self._put_in_basket(form, event_id, visitor.user_id)
        if answer:
            log_answer(call, answer, str(visitor.user_id))
        return _for_htmx(answer) if answer and call.headers.get("hx-request") == "true" else answer

    def busy(self) -> NativeAnswer:
        """While the database is away."""
        return _refused(DeskBusy())

    async def _put_in_basket(self, form: Form, event_id: UUID, user_id: UUID) -> NativeAnswer | None:
        request = Request(event_id, form.items)
        key = idempotency_key(form.key, request)
        try:
            await self._limit.check(str(user_id))
            held = await self._counter.claim(request, user_id, timezone.now(), key=key, hold=True)
        except (DeskBusy, Undecided) as refusal:
            return _refused(refusal)
        except DomainError:
            await self._limit.take_back(str(user_id))  # Django counts it, when it says the same on a page
            return None
        return NativeAnswer(302, {**_headers(), "location": reverse("payments:checkout", args=[held.pk])})


def is_choice(scope: dict[str, Any]) -> bool:
    return bool(scope["method"] == "POST" and scope["path"].startswith(PATH))


def _form(call: NativeRequest) -> Form | None:
    """None for what only a form of Django's can judge."""
    media_type, _, parameters = call.headers.get("content-type", "").partition(";")
    if media_type != "application/x-www-form-urlencoded" or parameters.strip().lower() not in ("", "charset=utf-8"):
        return None
    try:
        pairs = parse_qsl(call.body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    fields = dict(pairs)
    chosen = {name: value for name, value in fields.items() if name.startswith(PREFIX) and value not in ("", "0")}
    if len(fields) != len(pairs) or not _KEY.fullmatch(fields.get("key", "")):
        return None
    if fields.get("code"):
        return None
    if not chosen or not all(_FIELD.fullmatch(name) and _NUMBER.fullmatch(value) for name, value in chosen.items()):
        return None
    return Form(
        [(UUID(name.removeprefix(PREFIX)), int(value)) for name, value in chosen.items()], fields.get("key", "")
    )


def _from_our_page(call: NativeRequest) -> bool:
    """As core.origin.from_own_pages; where the browser does not say, Django asks for a token."""
    own = own_origins(scheme="https" if call.secure else "http", host=call.headers.get("host", ""))
    return bool(is_ours(site=call.headers.get("sec-fetch-site"), origin=call.headers.get("origin"), own=own))


def _for_htmx(answer: NativeAnswer) -> NativeAnswer:
    """An HTMX request goes to another page as a whole, or it would land where the fragment was."""
    if answer.status == 302:
        answer.status = 200
        answer.headers["hx-redirect"] = answer.headers.pop("location")
    return answer


def _headers() -> dict[str, str]:
    """What never_cache says, and the session that was looked at."""
    return {
        "content-type": "text/html; charset=utf-8",
        "expires": http_date(time.time()),
        "cache-control": "max-age=0, no-cache, no-store, must-revalidate, private",
        "vary": "Cookie",
    }


def _refused(refusal: DeskBusy | Undecided) -> NativeAnswer:
    headers = {**_headers(), "retry-after": str(refusal.extra["retry_after"])}
    return NativeAnswer(refusal.status, headers, _page(refusal.title))


@cache
def _page(title: str) -> bytes:
    """The same bytes for everybody: no time to make a page for each."""
    return render_to_string("errors/busy.html", {"title": title}).encode()


async def _read_sessions(keys: Sequence[str]) -> list[SignedIn | None]:
    found = await _signed_in(keys, timezone.now())
    return [found.get(key) for key in keys]


async def _read_events(slugs: Sequence[str]) -> list[UUID | None]:
    found = await _public_events(slugs)
    return [found.get(slug) for slug in slugs]


def _ids_by_slug(slugs: Sequence[str]) -> dict[str, UUID]:
    return dict(Event.objects.public().filter(slug__in=set(slugs)).values_list("slug", "pk"))


_signed_in = database_sync_to_async(signed_in, thread_sensitive=False)
_public_events = database_sync_to_async(_ids_by_slug, thread_sensitive=False)
