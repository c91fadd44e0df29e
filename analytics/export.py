"""A ledger as rows of a file: every movement, the oldest first, none of them folded."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from analytics.ledger import Asked
from analytics.telling import Names
from core.spreadsheets import Cell
from events.models import Movement

HEAD = ["When", "Limit", "Reason", "Change", "Booking", "Number in line", "Note"]
TOGETHER = 2000


def rows(asked: Asked, limit_name: str, zone: ZoneInfo, now: datetime) -> Iterator[list[Cell]]:
    """What is asked, as far as it happened until `now`; three statements for each 2,000 rows."""
    for some in _pieces(asked, now):
        names = Names.of(
            (one.booking_id for one in some if one.booking_id), (one.entry_id for one in some if one.entry_id)
        )
        for one in some:
            entry = names.entries.get(one.entry_id) if one.entry_id else None
            yield [
                one.at.astimezone(zone).isoformat(timespec="seconds"),
                limit_name,
                one.get_reason_display(),
                one.change,
                names.references.get(one.booking_id, "") if one.booking_id else "",
                entry.label.removeprefix("#") if entry else "",
                names.note(one.reason, one.entry_id),
            ]


def _pieces(asked: Asked, now: datetime) -> Iterator[list[Movement]]:
    """Each begins where the one before it ended: a file is written as slowly as it is read, and no statement waits
    for that."""
    found = _asked(asked, now)
    some = list(found[:TOGETHER])
    while some:
        yield some
        last = some[-1]
        beyond = Q(at__gt=last.at) | Q(id__gt=last.pk)
        some = list(found.filter(beyond, at__gte=last.at)[:TOGETHER]) if len(some) == TOGETHER else []


def _asked(asked: Asked, now: datetime) -> QuerySet[Movement]:
    found = Movement.objects.filter(inventory=asked.inventory_id, at__lte=now).order_by("at", "id")
    found = found.filter(reason__in=asked.reasons) if asked.reasons else found
    found = found.filter(at__gte=asked.since) if asked.since else found
    return found.filter(at__lt=asked.until) if asked.until else found
