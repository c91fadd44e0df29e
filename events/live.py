"""The newest numbers of events, as all who look at them are told: read once, rendered once."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from core.live.messages import News
from events.availability import Availability
from events.models import Event
from events.presentation import EventCard, card_of

# The transactions in progress that a version has room for beside each other.
SPREAD = 2**14
RENDERED_SECONDS = 60

# A number that grows with what a snapshot sees. Of two snapshots the later one never has the lower xmax; with the same
# xmax it sees more exactly when fewer transactions below are still in progress.
VERSION = """
SELECT pg_snapshot_xmax(s)::text::bigint * %s - least((SELECT count(*) FROM pg_snapshot_xip(s)), %s - 1)
FROM pg_current_snapshot() s
"""


def read_newest(event_ids: Sequence[str]) -> list[News]:
    """Of those that are public; what was committed before this call is in it. Three statements."""
    with _one_snapshot() as version:
        events = list(Event.objects.public().with_all().defer("description").filter(pk__in=event_ids))
    now = timezone.now()
    return [_news(card_of(event, now), version, now) for event in events]


def news_document(newest: Sequence[News]) -> bytes:
    """For pages that have no connection and ask."""
    return f'{{"news":[{",".join(one.frame for one in newest)}]}}'.encode()


@contextmanager
def _one_snapshot() -> Iterator[int]:
    """All that is read in the block is as it was at one moment, whose version this is. Within a transaction of
    somebody else's it is what that one has."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(VERSION, [SPREAD, SPREAD])
        yield cursor.fetchone()[0]


def _news(card: EventCard, version: int, now: datetime) -> News:
    subject = str(card.event.pk)
    document = {
        "type": "seats",
        "event": subject,
        "version": version,
        "at": now.timestamp(),
        **_numbers(card.availability),
        "html": _rendered(card),
    }
    frame = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return News(subject, version, now.timestamp(), card.shown, frame)


def _numbers(seats: Availability) -> dict[str, Any]:
    return {
        "state": seats.state.value,
        "bookable": seats.state.bookable,
        "label": seats.label,
        "capacity": seats.capacity,
        "free": seats.free,
        "held": seats.held,
        "offered": seats.offered,
        "waiting": seats.waiting,
        "ticket_types": [
            {
                "id": str(one.ticket_type.pk),
                "state": one.state.value,
                "label": one.label,
                "capacity": one.capacity,
                "free": one.free,
            }
            for one in seats.types
        ],
    }


def _rendered(card: EventCard) -> str:
    """The parts of pages that show these numbers, by the templates that made them at first."""
    known = caches["fragments"].get_or_set(
        f"live.{card.shown}", lambda: render_to_string("events/live.html", {"event": card}).strip(), RENDERED_SECONDS
    )
    return str(known)
