"""Who is behind many session cookies at once: what Django's middleware finds out one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.models import User


@dataclass(frozen=True)
class SignedIn:
    """A session's active user, and what else the session keeps."""

    user_id: UUID
    data: dict[str, Any]


def signed_in(keys: Iterable[str], now: Any) -> dict[str, SignedIn]:
    """By session key, by two queries. Sessions that are over, of nobody, or from before a change of password are
    left out (and so are those signed by a SECRET_KEY of old, which Django renews)."""
    store = SessionStore()
    rows = Session.objects.filter(session_key__in=set(keys), expire_date__gt=now).values_list(
        "session_key", "session_data"
    )
    sessions = {key: store.decode(data) for key, data in rows}
    ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
    users = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True).only("password")}
    return {
        key: SignedIn(users[data[SESSION_KEY]].pk, data)
        for key, data in sessions.items()
        if data.get(SESSION_KEY) in users and _is_genuine(data, users[data[SESSION_KEY]])
    }


def _is_genuine(data: dict[str, Any], user: User) -> bool:
    """As django.contrib.auth.get_user."""
    return data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )
