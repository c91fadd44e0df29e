"""Figures of a period, read from slots: a handful of statements, whatever there is; none looks at a booking."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from analytics.figures.period import Period
from analytics.figures.rankings import Ranked, rankings
from analytics.figures.scope import Scope
from analytics.figures.sums import Column, Money, Sum, Sums, by_step, queue_at, sum_of, totals
from analytics.models import Slot, Span, Stale
from events.models import TicketType


@dataclass(frozen=True)
class TypeFigures:
    """What was booked of one ticket type; amounts in minor units of its event's currency."""

    ticket_type: TicketType
    tickets: int
    lost: int
    sold: int
    undone: int
    refused: int


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
    slots = Slot.objects.filter(level=scope.level, scope=scope.id, span=Span.QUARTER)
    ends = slots.aggregate(first=Min("at"), last=Max("at"))
    if ends["first"] is None:
        return None
    return ends["first"].astimezone(zone).date(), ends["last"].astimezone(zone).date()


def read(scope: Scope, period: Period, *, now: datetime, began: date | None, compared: bool = True) -> Figures:
    """Five statements; one more for an event's ticket types, or for rankings of more than one event."""
    compared_with = [(period.before.start, period.before.end)] if compared else []
    parts, *earlier = totals(scope, [(period.start, period.end), *compared_with])
    categories, places, events = ([], [], []) if scope.event else rankings(scope, period)
    total = sum_of(parts)
    return Figures(
        scope,
        period,
        total,
        sum_of(earlier[0]) if compared else None,
        _columns(scope, period, sorted(total.money)),
        _types(scope, parts),
        categories,
        places,
        events,
        began,
        _as_of(now),
    )


def _columns(scope: Scope, period: Period, currencies: list[str]) -> list[Column]:
    """The steps of a period, those in which nothing happened too, and how many parties were in line at their ends."""
    columns = []
    queue = queue_at(scope, period.start)
    for begins, one in zip(period.steps(), by_step(scope, period.stretches(), currencies), strict=True):
        queue += one["joined"] - one["called"]
        columns.append(Column(one.counts, one.money, begins=begins, queue=queue))
    return columns


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


def _as_of(now: datetime) -> datetime:
    """Everything until then is counted: now, unless something is stale."""
    stale = Stale.objects.aggregate(first=Min("since"))["first"]
    return min(stale, now) if stale else now
