"""Parties in line, made through the operations that customers' doors use."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from events.models import Event
from tests.factories import make_user
from waitlist import operations
from waitlist.models import Entry


def make_entry(event: Event, quantity: int = 1, customer: User | None = None, **fields: Any) -> Entry:
    """A place in the line of an event that is sold out for that party."""
    fields.setdefault("now", timezone.now())
    who = customer or make_user("Wim")
    return operations.join(event_id=event.pk, customer_id=who.pk, quantity=quantity, **fields)
