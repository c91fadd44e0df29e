"""Notices as they stand in the bell, without what would have led to them."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from notifications.models import Notice

_numbers = count(1)


def make_notice(user: User, kind: str = "booking_confirmed", at: datetime | None = None, **changes: Any) -> Notice:
    """One that is unread, told `at` some moment."""
    number = next(_numbers)
    given = {"key": f"test:{number}", "title": f"Notice {number}", "line": "Friday 4 December, 19:30 CET.", "url": "/"}
    given |= {"in_bell": True, "created_at": at or timezone.now()}
    return Notice.objects.create(recipient=user, kind=kind, **{**given, **changes})
