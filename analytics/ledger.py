"""An inventory's movements as a timeline: who moved how many seats, when and why, the latest first.

Movements that follow each other within a quarter of an hour stand in one line: bookings, baskets and cancellations
together, and what happens to offers by its kind. A page looks at so many movements at most (MOST), however many there
are: the index `movement_by_moment` gives them in order.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from core.errors import Invalid
from events.models import Movement

PAGE_SIZE = 40  # lines
MOST = 20_000  # movements; what a page folds takes some 50 ms
NAMED = 5  # bookings, or places in line, that a part of a line names

Reason = Movement.Reason
PLAIN = [
    Reason.BOOKED,
    Reason.HELD,
    Reason.CONFIRMED,
    Reason.CANCELLED,
    Reason.EXPIRED,
    Reason.ABANDONED,
    Reason.RECLAIMED,
]
FREEING = {Reason.CANCELLED, Reason.EXPIRED, Reason.ABANDONED, Reason.PASSED, Reason.LAPSED, Reason.WITHDRAWN}

# A line is a run of movements of one kind within one quarter of an hour. Where it begins depends on the movement
# before it alone, so lines are the same wherever a page begins.
_FOLD = """
WITH looked AS MATERIALIZED (
    SELECT id, at, reason, change, booking_id, entry_id FROM events_movement
     WHERE {conditions} ORDER BY at {way}, id {way} LIMIT %(most)s
), known AS (
    SELECT *, date_bin('15 minutes', at, 'epoch') AS quarter,
           CASE WHEN %(each)s OR reason = 'capacity' THEN id::text
                WHEN reason = ANY(%(plain)s) THEN 'plain' ELSE reason END AS kind
      FROM looked
), edges AS (
    SELECT *, row_number() OVER story AS n,
           (kind, quarter) IS DISTINCT FROM (lag(kind) OVER story, lag(quarter) OVER story) AS begins
      FROM known WINDOW story AS (ORDER BY at, id)
), runs AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (ORDER BY n) AS run FROM edges
), wanted AS (
    SELECT *, row_number() OVER (PARTITION BY run, reason ORDER BY n) AS k FROM runs
     WHERE CASE WHEN %(newer)s THEN run <= %(lines)s ELSE run > (SELECT max(run) FROM runs) - %(lines)s END
)
SELECT run, reason, count(*), sum(change), min(at), max(at),
       (array_agg(id ORDER BY n))[1], (array_agg(id ORDER BY n DESC))[1],
       array_remove(array_agg(booking_id ORDER BY n) FILTER (WHERE k <= %(named)s), NULL),
       array_remove(array_agg(entry_id ORDER BY n) FILTER (WHERE k <= %(named)s), NULL),
       (SELECT count(*) FROM looked)
  FROM wanted GROUP BY run, reason ORDER BY run DESC, min(n)
"""


@dataclass(frozen=True)
class Asked:
    """Which movements: of one inventory, for these reasons (none: all), from `since` until before `until`; `each`
    of them in a line of its own. `before` and `after` are movements: only what is older, or newer."""

    inventory_id: int
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    each: bool = False
    before: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True)
class Part:
    """What happened in a line for one reason: how often, and by how much the counter changed in all. `bookings` and
    `entries` name the first few."""

    reason: str
    count: int
    change: int
    first_at: datetime
    last_at: datetime
    oldest: UUID
    newest: UUID
    bookings: list[UUID] = field(default_factory=list)
    entries: list[UUID] = field(default_factory=list)

    @property
    def effect(self) -> int:
        """How many seats more nobody has: all effects in a ledger add up to `Inventory.unclaimed`."""
        if self.reason == Reason.CAPACITY:
            return self.change
        return 0 if self.reason == Reason.ACCEPTED else -self.change


@dataclass
class Line:
    """A line of the timeline: its parts in the order in which they began. `at_once`: the seats had come free at that
    very moment."""

    parts: list[Part]
    at_once: bool = False

    @property
    def first_at(self) -> datetime:
        return min(part.first_at for part in self.parts)

    @property
    def last_at(self) -> datetime:
        return max(part.last_at for part in self.parts)

    @property
    def effect(self) -> int:
        return sum(part.effect for part in self.parts)


@dataclass(frozen=True)
class Timeline:
    """A page of lines, the latest first. `older` and `newer` are the movements at its ends, None where it ends."""

    lines: list[Line]
    older: UUID | None
    newer: UUID | None


def timeline(asked: Asked) -> Timeline:
    """A page: one statement, and one for the place at which it begins. Raises Invalid for a place that is none."""
    conditions, values = _conditions(asked)
    going_back = asked.after is None
    rows = _folded(conditions, values, asked.each, going_back)
    looked = rows[0][-1] if rows else 0
    lines = _lines(rows)
    more = len(lines) > PAGE_SIZE or looked == MOST
    if asked.after and not more:
        return timeline(_first_page(asked))  # fewer are left than fill a page: begin anew
    lines = lines[:PAGE_SIZE] if going_back else lines[-PAGE_SIZE:]
    return _page(lines, older=more or bool(asked.after), newer=bool(asked.before) or (bool(asked.after) and more))


def _page(lines: list[Line], *, older: bool, newer: bool) -> Timeline:
    if not lines:
        return Timeline([], None, None)
    # Within a line, parts are mixed: its ends are those of all of them.
    bottom = min(lines[-1].parts, key=lambda part: (part.first_at, part.oldest))
    top = max(lines[0].parts, key=lambda part: (part.last_at, part.newest))
    return Timeline(lines, bottom.oldest if older else None, top.newest if newer else None)


def _first_page(asked: Asked) -> Asked:
    return Asked(asked.inventory_id, asked.reasons, asked.since, asked.until, asked.each)


def _conditions(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """What the movements have in common, as SQL, and the values in it."""
    values = {"limit": asked.inventory_id, "reasons": list(asked.reasons), "since": asked.since, "until": asked.until}
    conditions = ["inventory_id = %(limit)s"]
    conditions += ["reason = ANY(%(reasons)s)"] if asked.reasons else []
    conditions += ["at >= %(since)s"] if asked.since else []
    conditions += ["at < %(until)s"] if asked.until else []
    if place := asked.after or asked.before:
        values |= {"place": place, "place_at": _moment(asked.inventory_id, place)}
        conditions.append(f"(at, id) {'>' if asked.after else '<'} (%(place_at)s, %(place)s)")
    return conditions, values


def _moment(inventory_id: int, place: UUID) -> datetime:
    at = Movement.objects.filter(pk=place, inventory=inventory_id).values_list("at", flat=True).first()
    if at is None:
        raise Invalid({"page": ["This page is gone. Begin again with the latest."]})
    return at


def _folded(conditions: list[str], values: dict[str, Any], each: bool, going_back: bool) -> list[tuple[Any, ...]]:
    sql = _FOLD.format(conditions=" AND ".join(conditions), way="DESC" if going_back else "ASC")
    limits = {"most": PAGE_SIZE + 1 if each else MOST, "lines": PAGE_SIZE + 1, "named": NAMED, "newer": not going_back}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, **limits, "each": each, "plain": [str(reason) for reason in PLAIN]})
        return cursor.fetchall()


def _lines(rows: list[tuple[Any, ...]]) -> list[Line]:
    by_run: dict[int, Line] = {}
    for run, reason, count, change, first_at, last_at, oldest, newest, bookings, entries, _ in rows:
        part = Part(reason, count, int(change), first_at, last_at, oldest, newest, bookings or [], entries or [])
        by_run.setdefault(run, Line([])).parts.append(part)
    lines = list(by_run.values())
    for line, before in zip(lines, lines[1:], strict=False):
        line.at_once = _handed_on(line, before)
    return lines


def _handed_on(line: Line, before: Line) -> bool:
    """Whether a line offers what the one before it has freed, in the same transaction: they share its moment."""
    freed = [part.last_at for part in before.parts if part.reason in FREEING]
    offers = line.parts[0].reason == Reason.OFFERED
    return offers and line.last_at - line.first_at < timedelta(seconds=1) and line.first_at in freed
