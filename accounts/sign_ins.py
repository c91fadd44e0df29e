"""Where a person is signed in: browsers by their cookie, programs by their refresh token. Behind each is a session, and
beside it a note of when and from where it was used last."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from accounts.agents import name_of
from accounts.facts import session_ended
from accounts.models import User
from accounts.sessions import signed_in
from core.limits import client_address
from core.live import marks
from core.live.messages import session_digest
from outbox.operations import announce

SEEN_EVERY = timedelta(minutes=10)  # "last seen" is as true as that, so that pages need not write for each request
MOST_REMEMBERED = 50_000
_seen: dict[str, float] = {}  # session key: when this process noted it last, by the monotonic clock


@dataclass(frozen=True)
class SignIn:
    """One of them, as its owner sees it."""

    id: int
    name: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_program: bool
    is_here: bool


def sign_ins_of(user: User, *, here: str | None, now: datetime) -> list[SignIn]:
    """All that are still good, by three queries: the one with the session key `here` first, then the latest seen."""
    notes = list(UserSession.objects.filter(user=user.pk).order_by("-last_seen_at", "pk"))
    good = signed_in([note.session_key for note in notes], now)
    found = [
        SignIn(
            id=note.pk,
            name=name_of(note.user_agent),
            address=note.ip,
            began_at=note.created_at,
            seen_at=note.last_seen_at,
            is_program="headless_refresh_tokens" in good[note.session_key].data,
            is_here=note.session_key == here,
        )
        for note in notes
        if note.session_key in good and good[note.session_key].user_id == user.pk
    ]
    return sorted(found, key=lambda one: not one.is_here)


def note_sign_in(*, request: HttpRequest, user: User, now: datetime) -> None:
    """Write down that somebody has signed in, and forget what has expired meanwhile."""
    alive = Session.objects.filter(expire_date__gt=now).values("pk")
    UserSession.objects.filter(user=user.pk).exclude(session_key__in=alive).delete()
    if request.session.session_key is None:
        request.session.save()
    _write(request, user.pk, now)


def note_visit(request: HttpRequest, now: datetime) -> None:
    """Keep "last seen" true for whoever made this request, at most every ten minutes. Costs nothing otherwise."""
    session = request.session
    if not session.accessed or SESSION_KEY not in session or session.session_key is None:
        return
    if time.monotonic() - _seen.get(session.session_key, -1e9) >= SEEN_EVERY.total_seconds():
        _write(request, session[SESSION_KEY], now)


@transaction.atomic
def end(*, user: User, sign_in_id: int) -> bool:
    """Sign out one browser or program. False when there is no such one. An access token that is out there works for
    the minutes it still has; the refresh token no more."""
    return _end(UserSession.objects.filter(user=user.pk, pk=sign_in_id)) == 1


@transaction.atomic
def end_others(*, user: User, here: str | None) -> int:
    """Sign out everywhere but in the session with this key; everywhere when it is None. How many there were."""
    return _end(UserSession.objects.filter(user=user.pk).exclude(session_key=here or ""))


def _end(notes) -> int:
    keys = list(notes.select_for_update().order_by("pk").values_list("session_key", flat=True))
    for key in keys:
        digest = session_digest(key)
        announce(session_ended, session=digest)
        marks.session_ended(digest)
    Session.objects.filter(pk__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _write(request: HttpRequest, user_id: object, now: datetime) -> None:
    key = request.session.session_key or ""
    longest = UserSession._meta.get_field("user_agent").max_length
    agent = request.META.get("HTTP_USER_AGENT", "")[:longest]
    what = {"user_id": user_id, "ip": client_address(request), "user_agent": agent, "last_seen_at": now}
    UserSession.objects.update_or_create(session_key=key, defaults=what, create_defaults={**what, "created_at": now})
    if len(_seen) >= MOST_REMEMBERED:
        _seen.clear()
    _seen[key] = time.monotonic()


def forget_expired(*, now: datetime) -> int:
    """Delete sessions whose time is up, and the notes of where they were used. How many sessions there were."""
    gone, _ = Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
    return gone
