"""Count everything once more, and compare.

Each statement reads one snapshot of rows, slots and stale marks, and a sweep changes slots and marks together: so what
is not stale has to be right at any moment, and nothing has to be held up while this looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from analytics.models import EPOCH, MEASURES, SPANS, Level, Span
from analytics.operations.sweeping import COUNTED_ROWS, EVERYWHERE, NIL, TOGETHER, Place

_BOTH = ", ".join([*(f"k.{one}" for one in MEASURES), *(f"n.{one}::bigint" for one in MEASURES)])
_DIFFERENT = f"""({", ".join(f"k.{one}" for one in MEASURES)})
           IS DISTINCT FROM ({", ".join(f"n.{one}" for one in MEASURES)})"""
_SUMS = ", ".join(f"sum(s.{one}) AS {one}" for one in MEASURES)

_OF_EVENTS = f"""
WITH kept AS (
    SELECT s.scope AS event, s.* FROM analytics_slot AS s
      JOIN unnest(%(scopes)s::uuid[], %(times)s::timestamptz[]) AS w(event, at)
        ON s.level = 'event' AND s.span = 'quarter' AND s.scope = w.event AND s.at = w.at
)
SELECT 'event', 'quarter', event, at, part, k.id IS NOT NULL, n.bookings IS NOT NULL, {_BOTH}
  FROM kept AS k FULL JOIN ({COUNTED_ROWS}) AS n USING (event, at, part)
 WHERE {_DIFFERENT}
   AND NOT EXISTS (SELECT FROM analytics_stale AS z WHERE z.event_id = event AND (z.at IS NULL OR z.at = at))
"""  # noqa: S608  constants

_OF_SUMS = f"""
SELECT %(level)s, %(span)s, scope, at, part, k.id IS NOT NULL, n.bookings IS NOT NULL, {_BOTH}
  FROM (SELECT * FROM analytics_slot WHERE level = %(level)s AND span = %(span)s) AS k
  FULL JOIN (SELECT {{scope}} AS scope, date_bin(%(length)s, s.at, %(epoch)s) AS at, s.part, {_SUMS}
               FROM {{source}} GROUP BY 1, 2, 3) AS n
 USING (scope, at, part)
 WHERE {_DIFFERENT} LIMIT %(limit)s
"""  # noqa: S608
# Quarters of teams are sums of their events', those of the platform of teams'; hours and days of the next shorter span.
_QUARTERS = {
    Level.TEAM: (
        "e.organizer_id",
        """analytics_slot AS s JOIN events_event AS e ON e.id = s.scope
              WHERE s.level = 'event' AND s.span = 'quarter' AND length(s.part) < 4""",
    ),
    Level.PLATFORM: (f"'{NIL}'::uuid", "analytics_slot AS s WHERE s.level = 'team' AND s.span = 'quarter'"),
}
_SHORTER = ("s.scope", "analytics_slot AS s WHERE s.level = %(level)s AND s.span = %(shorter)s")


@dataclass(frozen=True)
class Difference:
    """A slot that is not what its rows say: `kept` is None where it is missing, `counted` where it should not be."""

    level: str
    span: str
    scope: UUID
    at: datetime
    part: str
    kept: tuple[int, ...] | None
    counted: tuple[int, ...] | None

    def __str__(self) -> str:
        pairs = zip(MEASURES, self.kept or [0] * len(MEASURES), self.counted or [0] * len(MEASURES), strict=True)
        wrong = ", ".join(f"{name} {kept} instead of {counted}" for name, kept, counted in pairs if kept != counted)
        return f"{self.level} {self.scope}, {self.span} of {self.at:%Y-%m-%d %H:%M} UTC {self.part}: {wrong}"


def audit(*, limit: int = 100) -> list[Difference]:
    """Whatever is not stale and yet not what its rows say, up to so many; an empty list is what it should be. Takes
    about as long as counting everything does, and holds nothing up."""
    found = [difference for places in _everywhere() for difference in _of_events(places)][:limit]
    for level, spans in SPANS.items():
        if level in _QUARTERS:
            found += _of_sums(level, Span.QUARTER, *_QUARTERS[level], limit=limit)
        for shorter, span in pairwise(spans):
            found += _of_sums(level, span, *_SHORTER, limit=limit, shorter=shorter)
    return found[:limit]


def _everywhere() -> Iterator[list[Place]]:
    """All quarters of events in which anything may have happened, some at a time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT event_id, at FROM ({EVERYWHERE}) AS a WHERE at IS NOT NULL ORDER BY 1, 2")  # noqa: S608
        places = cursor.fetchall()
    for start in range(0, len(places), TOGETHER):
        yield places[start : start + TOGETHER]


def _of_events(places: list[Place]) -> list[Difference]:
    values = {"scopes": [event for event, _ in places], "times": [at for _, at in places]}
    return _differences(_OF_EVENTS, values)


def _of_sums(
    level: Level, span: Span, scope: str, source: str, *, limit: int, shorter: Span | None = None
) -> list[Difference]:
    values = {"level": str(level), "span": str(span), "shorter": str(shorter), "length": span.length, "epoch": EPOCH}
    return _differences(_OF_SUMS.format(scope=scope, source=source), {**values, "limit": limit})


def _differences(statement: str, values: dict[str, Any]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [_difference(row) for row in cursor.fetchall()]


def _difference(row: tuple[Any, ...]) -> Difference:
    level, span, scope, at, part, has_kept, has_counted, *numbers = row
    middle = len(MEASURES)
    kept, counted = tuple(numbers[:middle]), tuple(numbers[middle:])
    return Difference(level, span, scope, at, part, kept if has_kept else None, counted if has_counted else None)
