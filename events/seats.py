"""Whoever wants to know, at once and in the same transaction, that seats may have come free."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Listener = Callable[[UUID, datetime], None]
_listeners: list[Listener] = []


def on_new_terms(listener: Listener) -> Listener:
    """Register what an app above does when an event's limits, ticket types, dates or state have changed. It is called
    inside that transaction, with the event's house locked."""
    _listeners.append(listener)
    return listener


def terms_changed(event_id: UUID, at: datetime) -> None:
    """Say that the event's terms are new."""
    for listener in _listeners:
        listener(event_id, at)
