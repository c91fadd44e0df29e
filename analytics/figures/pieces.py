"""Which slots add up to a stretch of time.

There is one rule: as much of it as can be from the longest slots that lie in it whole, the rest at both ends from
shorter ones. So midnights of any zone are cut exactly, and a year costs days and not quarters of an hour.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.models import SPANS, Level, Span


@dataclass(frozen=True)
class Piece:
    """Slots of one span that follow each other, from `since` until before `until`."""

    span: Span
    since: datetime
    until: datetime


def pieces(level: Level, start: datetime, end: datetime) -> list[Piece]:
    """The slots from `start` until before `end`, both whole quarters of an hour, in their order."""
    return _cut(start.astimezone(UTC), end.astimezone(UTC), SPANS[level])


def _cut(start: datetime, end: datetime, spans: tuple[Span, ...]) -> list[Piece]:
    if start >= end:
        return []
    *shorter, longest = spans
    first, last = _next_edge(start, longest), longest.begins(end)
    if not shorter:
        return [Piece(longest, first, last)]
    if first >= last:
        return _cut(start, end, tuple(shorter))
    ends = tuple(shorter)
    return [*_cut(start, first, ends), Piece(longest, first, last), *_cut(last, end, ends)]


def _next_edge(moment: datetime, span: Span) -> datetime:
    """When the next slot begins, or this one, if that is just now."""
    begins = span.begins(moment)
    return begins if begins == moment else begins + span.length
