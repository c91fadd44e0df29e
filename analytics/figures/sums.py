"""Slots added up over stretches of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from analytics.figures.period import Period
from analytics.figures.pieces import pieces
from analytics.models import EPOCH, MEASURES, Level

AMOUNTS = ("sold", "undone", "received", "refunded")
COUNTS = tuple(name for name in MEASURES if name not in AMOUNTS)

Sums = dict[str, int]
Stretch = tuple[datetime, datetime]  # from the first moment until before the second


class Scope(Protocol):
    """Whose slots: of events, of teams or of the platform, by their ids."""

    @property
    def level(self) -> Level: ...

    @property
    def ids(self) -> list[UUID]: ...


@dataclass(frozen=True)
class Money:
    """Amounts of one currency, in its minor units. `sold` is the price of tickets that were booked, `undone` the part
    of it that has been cancelled since; `received` and `refunded` is money that came and went."""

    currency: str
    sold: int = 0
    undone: int = 0
    received: int = 0
    refunded: int = 0

    @property
    def standing(self) -> int:
        """The price of those of these tickets that are still good."""
        return self.sold - self.undone

    @property
    def net(self) -> int:
        """What stayed of the money that moved."""
        return self.received - self.refunded


@dataclass
class Sum:
    """What happened in a stretch of time: `counts` by measure, `money` by currency."""

    counts: Sums = field(default_factory=dict)
    money: dict[str, Money] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def money_in(self, currency: str) -> Money:
        return self.money.get(currency) or Money(currency)


@dataclass
class Column(Sum):
    """One step of a period, which begins at the day `begins` in its zone; `queue`: parties in line at its end."""

    begins: date = date.min
    queue: int = 0


def totals(scope: Scope, stretches: Sequence[Stretch]) -> list[dict[str, Sums]]:
    """All measures by part, of each stretch. One statement."""
    found: list[dict[str, Sums]] = [{} for _ in stretches]
    for place, part, *numbers in _rows(scope, stretches, MEASURES, None):
        found[place][part] = dict(zip(MEASURES, numbers, strict=True))
    return found


def by_step(scope: Scope, stretches: Sequence[Stretch], currencies: Sequence[str]) -> list[Sum]:
    """What people did in each stretch, and the money of these currencies. Two statements, one where there are none."""
    found = [Sum() for _ in stretches]
    for place, _, *numbers in _rows(scope, stretches, COUNTS, [""]):
        found[place].counts = dict(zip(COUNTS, numbers, strict=True))
    for place, currency, *numbers in _rows(scope, stretches, AMOUNTS, currencies) if currencies else []:
        found[place].money[currency] = Money(currency, *numbers)
    return found


def queue_at(scope: Scope, moment: datetime) -> int:
    """How many parties were in line then. One statement."""
    [(_, _, joined, called)] = _rows(scope, [(EPOCH, moment)], ("joined", "called"), [""]) or [(0, "", 0, 0)]
    return int(joined - called)


def sum_of(parts: dict[str, Sums]) -> Sum:
    """Of sums by part, those of people and of currencies."""
    counts = {name: parts[""][name] for name in COUNTS} if "" in parts else {}
    amounts = {part: [sums[name] for name in AMOUNTS] for part, sums in parts.items() if len(part) == 3}
    return Sum(counts, {currency: Money(currency, *numbers) for currency, numbers in amounts.items()})


def seats_kept(events: Iterable[UUID], period: Period) -> int:
    """How many more seats of these events were taken in a period than given back. One statement."""
    slots, ends = of_many_events(period, "AND scope = ANY(%(events)s)")
    with connection.cursor() as cursor:
        seats = f"SELECT coalesce(sum(tickets - cancelled), 0) FROM ({slots}) AS slot"  # noqa: S608  constants
        cursor.execute(seats, {**ends, "events": list(events)})
        return int(cursor.fetchone()[0])


def of_many_events(period: Period, whose: str) -> tuple[str, dict[str, datetime]]:
    """Statement and values for what people did to events, one by one: `scope`, `tickets`, `bookings`, `cancelled`.
    Spans stand in the text, so that the index of days is chosen for days."""
    selects: list[str] = []
    ends: dict[str, datetime] = {}
    for place, piece in enumerate(pieces(Level.EVENT, period.start, period.end)):
        selects.append(_OF_EVENTS.format(span=piece.span, place=place, whose=whose))
        ends |= {f"since_{place}": piece.since, f"until_{place}": piece.until}
    return " UNION ALL ".join(selects), ends


_OF_EVENTS = """
SELECT scope, tickets, bookings, cancelled FROM analytics_slot
 WHERE level = 'event' AND span = '{span}' AND part = '' AND at >= %(since_{place})s AND at < %(until_{place})s {whose}
"""


def _rows(
    scope: Scope, stretches: Sequence[Stretch], measures: Sequence[str], parts: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """The place of a stretch, a part, and the sums of these measures; `parts`: of which, None for all."""
    placed = [(place, one) for place, ends in enumerate(stretches) for one in pieces(scope.level, *ends)]
    statement = _SUMS.format(
        measures=", ".join(measures),
        sums=", ".join(f"sum({name})::bigint" for name in measures),
        parts="" if parts is None else "AND part = ANY(%(parts)s)",
    )
    values: dict[str, Any] = {
        "level": str(scope.level),
        "scopes": scope.ids,
        "parts": list(parts or ()),
        "places": [place for place, _ in placed],
        "spans": [str(one.span) for _, one in placed],
        "since": [one.since for _, one in placed],
        "until": [one.until for _, one in placed],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# LATERAL with OFFSET 0: a look into the index for each piece, in no other way.
_SUMS = """
SELECT p.place, s.part, {sums}
  FROM unnest(%(places)s::int[], %(spans)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
       AS p(place, span, since, until),
       LATERAL (
          SELECT part, {measures} FROM analytics_slot
           WHERE level = %(level)s AND scope = ANY(%(scopes)s) AND span = p.span
             AND at >= p.since AND at < p.until {parts}
          OFFSET 0) AS s
 GROUP BY p.place, s.part
"""
