"""Figures as they are read from slots: sums over quarters of an hour, cut at a zone's midnights.

A handful of statements, whatever there is; none looks at a booking.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Team
from analytics.figures.period import Period
from analytics.models import MEASURES, Level
from events.models import Event, TicketType

NIL = UUID(int=0)
AMOUNTS = ("sold", "undone", "received", "refunded")
COUNTS = tuple(name for name in MEASURES if name not in AMOUNTS)
TOP = 8  # of each kind

Sums = dict[str, int]


@dataclass(frozen=True)
class Scope:
    """What figures are about. `event` and `team` are None where it is more than one."""

    level: Level
    id: UUID
    name: str
    event: Event | None = None
    team: Team | None = None

    @classmethod
    def of_event(cls, event: Event) -> "Scope":
        return cls(Level.EVENT, event.pk, event.title, event=event)

    @classmethod
    def of_team(cls, team: Team) -> "Scope":
        return cls(Level.TEAM, team.pk, team.name, team=team)

    @classmethod
    def of_platform(cls) -> "Scope":
        return cls(Level.PLATFORM, NIL, "All events")


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


@dataclass(frozen=True)
class TypeFigures:
    """What was booked of one ticket type; amounts in minor units of its event's currency."""

    ticket_type: TicketType
    tickets: int
    lost: int
    sold: int
    undone: int
    refused: int


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


@dataclass(frozen=True)
class Ranked:
    """One of several: a category, a place or an event."""

    name: str
    tickets: int
    bookings: int
    slug: str = ""


@dataclass(frozen=True)
class Figures:
    """All that happened in a period. `before` is the period before it, None where there is nothing to compare with;
    `began` the day of the first thing that was ever counted; `as_of` the moment up to which all is counted."""

    scope: Scope
    period: Period
    total: Sum
    before: Sum | None
    columns: list[Column]
    types: list[TypeFigures]
    categories: list[Ranked]
    places: list[Ranked]
    events: list[Ranked]
    began: date | None
    as_of: datetime

    def earlier(self, name: str) -> int | None:
        """A count of the period before."""
        return None if self.before is None else self.before[name]

    @cached_property
    def currencies(self) -> list[Money]:
        """That of most tickets first; never added to each other."""
        return sorted(self.total.money.values(), key=lambda one: (-one.sold - one.received, one.currency))


def counted_days(scope: Scope, zone: ZoneInfo) -> tuple[date, date] | None:
    """The first and the last day of which there are figures. One statement."""
    bounds = "SELECT min(at), max(at) FROM analytics_slot WHERE level = %(level)s AND scope = %(scope)s"
    first, last = _rows(bounds, {"level": str(scope.level), "scope": scope.id})[0]
    return (first.astimezone(zone).date(), last.astimezone(zone).date()) if first else None


def read(scope: Scope, period: Period, *, now: datetime, began: date | None, compared: bool = True) -> Figures:
    """Six statements, seven for a team or the platform."""
    columns, parts = _columns(scope, period)
    _queues(scope, period, columns)
    categories, places, events = ([], [], []) if scope.event else _tops(scope, period)
    return Figures(
        scope,
        period,
        _sum(parts),
        _sum(_parts(scope, period.before)) if compared else None,
        columns,
        _types(scope, parts),
        categories,
        places,
        events,
        began,
        _as_of(now),
    )


_TOTALS = ", ".join(f"sum({name})::bigint" for name in MEASURES)
_BY_STEP = f"""
SELECT date_trunc(%(step)s, at AT TIME ZONE %(zone)s)::date, part, {_TOTALS}
  FROM analytics_slot
 WHERE level = %(level)s AND scope = %(scope)s AND at >= %(start)s AND at < %(end)s
 GROUP BY 1, 2
"""  # noqa: S608
_BY_PART = f"""
SELECT part, {_TOTALS} FROM analytics_slot
 WHERE level = %(level)s AND scope = %(scope)s AND at >= %(start)s AND at < %(end)s
 GROUP BY part
"""  # noqa: S608


def _columns(scope: Scope, period: Period) -> tuple[list[Column], dict[str, Sums]]:
    """The steps of a period, those in which nothing happened too, and the same summed up by part."""
    by_day: dict[date, dict[str, Sums]] = {day: {} for day in period.steps()}
    parts: dict[str, Sums] = {}
    for day, part, *numbers in _rows(_BY_STEP, _values(scope, period)):
        sums = by_day.setdefault(day, {})[part] = _named(numbers)
        whole = parts.setdefault(part, dict.fromkeys(MEASURES, 0))
        for name, number in sums.items():
            whole[name] += number
    columns = []
    for day, sums_by_part in sorted(by_day.items()):
        whole_step = _sum(sums_by_part)
        columns.append(Column(whole_step.counts, whole_step.money, begins=day))
    return columns, parts


def _parts(scope: Scope, period: Period) -> dict[str, Sums]:
    return {part: _named(numbers) for part, *numbers in _rows(_BY_PART, _values(scope, period))}


def _named(numbers: list[int]) -> Sums:
    return dict(zip(MEASURES, numbers, strict=True))


def _sum(parts: dict[str, Sums]) -> Sum:
    counts = {name: parts[""][name] for name in COUNTS} if "" in parts else {}
    money = {
        part: Money(part, **{name: sums[name] for name in AMOUNTS}) for part, sums in parts.items() if len(part) == 3
    }
    return Sum(counts, money)


def _queues(scope: Scope, period: Period, columns: list[Column]) -> None:
    """How many parties were in line at the end of each step."""
    before = """SELECT coalesce(sum(joined - called), 0) FROM analytics_slot
                 WHERE level = %(level)s AND scope = %(scope)s AND part = '' AND at < %(start)s"""
    queue = int(_rows(before, _values(scope, period))[0][0])
    for column in columns:
        queue += column["joined"] - column["called"]
        column.queue = queue


def _types(scope: Scope, parts: dict[str, Sums]) -> list[TypeFigures]:
    """In the organiser's order; those too of which nothing was booked."""
    if scope.event is None:
        return []
    found = []
    for one in scope.event.ticket_types.order_by("position", "id"):
        sums = parts.get(str(one.pk))
        if sums or one.retired_at is None:
            sums = sums or {}
            names = ("tickets", "lost", "sold", "undone", "refused")
            found.append(TypeFigures(one, **{name: sums.get(name, 0) for name in names}))
    return found


# Whole days of UTC from the sums of days, the two ends from their quarters.
_TOPS = """
WITH slot AS (
    SELECT scope, tickets, bookings FROM analytics_slot
     WHERE level = 'day' AND part = '' AND tickets > 0 AND at >= %(first)s AND at < %(last)s
    UNION ALL
    SELECT scope, tickets, bookings FROM analytics_slot
     WHERE level = 'event' AND part = '' AND tickets > 0
       AND ((at >= %(start)s AND at < least(%(first)s, %(end)s)) OR (at >= %(last)s AND at < %(end)s))
), event AS (
    SELECT scope AS id, sum(tickets)::bigint AS tickets, sum(bookings)::bigint AS bookings FROM slot GROUP BY scope
), named AS (
    SELECT e.id, e.title, e.slug, e.category, coalesce(v.city, '') AS city, coalesce(v.country, '') AS country,
           o.tickets, o.bookings
      FROM event AS o JOIN events_event AS e ON e.id = o.id LEFT JOIN events_venue AS v ON v.id = e.venue_id
     WHERE %(team)s::uuid IS NULL OR e.organizer_id = %(team)s
), ranked AS (
    SELECT GROUPING(category) = 0 AS by_category, GROUPING(city) = 0 AS by_place,
           category, city, country, id, title, slug,
           sum(tickets)::bigint AS tickets, sum(bookings)::bigint AS bookings,
           row_number() OVER (PARTITION BY GROUPING(category), GROUPING(city)
                                  ORDER BY sum(tickets) DESC, category, city, country, title, id) AS place
      FROM named GROUP BY GROUPING SETS ((category), (city, country), (id, title, slug))
)
SELECT by_category, by_place, category, city, country, title, slug, tickets, bookings FROM ranked
 WHERE place <= %(most)s ORDER BY place
"""


def _tops(scope: Scope, period: Period) -> tuple[list[Ranked], list[Ranked], list[Ranked]]:
    """Categories, places and events of which most tickets were booked."""
    first, last = _whole_days(period)
    values = _values(scope, period) | {
        "first": first,
        "last": max(last, first),
        "team": scope.team and scope.team.pk,
        "most": TOP,
    }
    categories, places, events = [], [], []
    for by_category, by_place, category, city, country, title, slug, tickets, bookings in _rows(_TOPS, values):
        if by_category:
            label = dict(Event._meta.get_field("category").flatchoices)[category]
            categories.append(Ranked(str(label), tickets, bookings, category))
        elif by_place:
            places.append(Ranked(f"{city}, {country}" if city else "Online", tickets, bookings))
        else:
            events.append(Ranked(title, tickets, bookings, slug))
    return categories, places, events


def _whole_days(period: Period) -> tuple[datetime, datetime]:
    """The first and the last midnight of UTC within a period."""
    start, end = period.start, period.end
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    last = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return (first if first == start else first + timedelta(days=1)), last


def _as_of(now: datetime) -> datetime:
    """Everything until then is counted: now, unless something is stale."""
    stale = _rows("SELECT min(since) FROM analytics_stale", {})[0][0]
    return min(stale, now) if stale else now


def _values(scope: Scope, period: Period) -> dict[str, Any]:
    return {
        "level": str(scope.level),
        "scope": scope.id,
        "start": period.start.astimezone(UTC),
        "end": period.end.astimezone(UTC),
        "step": str(period.step),
        "zone": period.zone.key,
    }


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
