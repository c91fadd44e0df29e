"""Count anew what has become stale.

Only one sweep runs at a time. It takes the stale marks that it sees and then reads the rows, so whatever was committed
before a mark was taken is counted; a change in between leaves a mark for the next. Counting a quarter twice, or in any
order, comes to the same.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from analytics.models import MEASURES, SPANS, Level, Span
from analytics.sql import COUNTED

TOGETHER = 5000  # quarters of events counted in one transaction, the latest first
NIL = UUID(int=0)
_LOCK = 0x45564C46  # of sweeps

Place = tuple[UUID, datetime]  # an event, or a team, and when a quarter begins

_COLUMNS = ", ".join(MEASURES)
COUNTED_ROWS = COUNTED.format(
    measures=_COLUMNS,
    sums=", ".join(f"coalesce(sum(n) FILTER (WHERE what = '{one}'), 0)::bigint AS {one}" for one in MEASURES),
)
_SUMS = ", ".join(f"sum(s.{one})" for one in MEASURES)

_TAKE = """
WITH chosen AS (
    SELECT DISTINCT event_id, at FROM analytics_stale WHERE at IS NOT NULL ORDER BY at DESC LIMIT %(most)s
),
     taken AS (DELETE FROM analytics_stale AS s USING chosen AS c WHERE s.event_id = c.event_id AND s.at = c.at)
SELECT event_id, at FROM chosen
"""
_WHOLE = """
WITH taken AS (DELETE FROM analytics_stale WHERE at IS NULL RETURNING event_id)
INSERT INTO analytics_stale (event_id, at, since)
SELECT DISTINCT s.scope, s.at, clock_timestamp()
  FROM analytics_slot AS s
 WHERE s.level = 'event' AND s.span = 'quarter' AND s.scope IN (SELECT event_id FROM taken)
"""
_FORGET = """
DELETE FROM analytics_slot AS s USING unnest(%(scopes)s::uuid[], %(times)s::timestamptz[]) AS w(scope, at)
 WHERE s.level = %(level)s AND s.scope = w.scope AND s.span = %(span)s AND s.at = w.at
"""
_ADD = f"""
INSERT INTO analytics_slot (level, scope, span, at, part, {_COLUMNS})
SELECT %(level)s, w.scope, %(span)s, w.at, s.part, {_SUMS}
  FROM unnest(%(scopes)s::uuid[], %(times)s::timestamptz[]) AS w(scope, at)
  JOIN {{slots}}
 GROUP BY w.scope, w.at, s.part
"""  # noqa: S608  constants
_COUNT = f"""
INSERT INTO analytics_slot (level, scope, span, at, part, {_COLUMNS})
SELECT 'event', event, 'quarter', at, part, {_COLUMNS} FROM ({COUNTED_ROWS}) AS counted
"""  # noqa: S608
# Quarters of teams are added up from their events', those of the platform from teams'. Ticket types are an event's own:
# sums over events have none.
_ADD_QUARTERS = {
    Level.TEAM: """analytics_slot AS s
      ON s.level = 'event' AND s.span = 'quarter' AND s.at = w.at AND length(s.part) < 4
    JOIN events_event AS e ON e.id = s.scope AND e.organizer_id = w.scope""",
    Level.PLATFORM: """analytics_slot AS s ON s.level = 'team' AND s.span = 'quarter' AND s.at = w.at""",
}
_ADD_SHORTER = """analytics_slot AS s
    ON s.level = %(level)s AND s.scope = w.scope AND s.span = %(shorter)s
   AND s.at >= w.at AND s.at < w.at + %(length)s"""


@transaction.atomic
def sweep(*, most: int = TOGETHER) -> int:
    """Count up to so many stale quarters anew, and what they add up to. Returns how many; 0 too while another sweep
    runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_WHOLE)
        cursor.execute(_TAKE, {"most": most})
        places = [(event, at) for event, at in cursor.fetchall()]
        if places:
            _count(cursor, places)
        return len(places)


def sweep_all() -> int:
    """Until nothing is stale, or another sweep is at it."""
    total = 0
    while some := sweep():
        total += some
    return total


def _count(cursor: Any, places: list[Place]) -> None:
    """Quarters of events from their rows, those of teams and the platform from these; hours and days from quarters."""
    events, quarters = zip(*places, strict=True)
    cursor.execute("SELECT id, organizer_id FROM events_event WHERE id = ANY(%s)", [list(set(events))])
    team_of = dict(cursor.fetchall())
    scopes = {
        Level.EVENT: places,
        Level.TEAM: [(team_of[event], at) for event, at in places if event in team_of],
        Level.PLATFORM: [(NIL, at) for at in quarters],
    }
    for level, found in scopes.items():
        statement = _COUNT if level == Level.EVENT else _ADD.format(slots=_ADD_QUARTERS[level])
        _replace(cursor, statement, level, Span.QUARTER, found)
        for shorter, span in pairwise(SPANS[level]):
            _replace(cursor, _ADD.format(slots=_ADD_SHORTER), level, span, found, shorter)


def _replace(
    cursor: Any, statement: str, level: Level, span: Span, places: Iterable[Place], shorter: Span | None = None
) -> None:
    """Make the slots anew in which these scopes have these moments."""
    distinct = sorted({(scope, span.begins(at)) for scope, at in places})
    values = {
        "level": str(level),
        "span": str(span),
        "shorter": str(shorter),
        "length": span.length,
        "scopes": [scope for scope, _ in distinct],
        "times": [at for _, at in distinct],
    }
    cursor.execute(_FORGET, values)
    cursor.execute(statement, values)


# All quarters in which anything may have happened, and those for which there are figures.
EVERYWHERE = """
SELECT e.id AS event_id, evently_quarter(m.at) AS at
  FROM events_movement AS m JOIN events_event AS e ON e.inventory_id = m.inventory_id WHERE NOT e.rehearsal
 UNION SELECT b.event_id, evently_quarter(r.at) FROM payments_receipt AS r
  JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
 UNION SELECT b.event_id, evently_quarter(r.created_at) FROM payments_refund AS r
  JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
 UNION SELECT event_id, evently_quarter(joined_at) FROM waitlist_entry
 UNION SELECT event_id, evently_quarter(coalesce(offered_at, ended_at)) FROM waitlist_entry WHERE status <> 'waiting'
 UNION SELECT b.event_id, evently_quarter(t.checked_in_at) FROM tickets_ticket AS t
  JOIN bookings_booking AS b ON b.id = t.booking_id WHERE t.checked_in_at IS NOT NULL
 UNION SELECT event_id, at FROM analytics_sighting
 UNION SELECT scope, at FROM analytics_slot WHERE level = 'event' AND span = 'quarter'
"""


_MARK_ALL = f"""
INSERT INTO analytics_stale (event_id, at, since)
SELECT event_id, at, clock_timestamp() FROM ({EVERYWHERE}) AS a WHERE at IS NOT NULL
"""  # noqa: S608


def mark_all() -> None:
    """Have everything counted anew, from all rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ALL)
