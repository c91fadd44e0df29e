"""How things are now, by the rows and counters themselves: seats, people in line and what they would pay."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from analytics.figures.arrivals import Arrived, arrivals_of
from analytics.figures.period import Period
from analytics.figures.scope import Scope
from analytics.figures.sums import Money


@dataclass(frozen=True)
class Present:
    """Seats of the event; for more than one, of those that are published and not over. `booked` leaves out baskets.
    `worth` is what the seats that people wait for would cost today, by currency: of any ticket type, the cheapest that
    is shown. `expected` and `arrived`: tickets that are good, and those checked in, of events that have begun; for more
    than one event, in the period. `arrivals`: when they came, of an event alone."""

    capacity: int = 0
    booked: int = 0
    held: int = 0
    offered: int = 0
    parties: int = 0
    wanted: int = 0
    arrived: int = 0
    expected: int = 0
    worth: list[Money] = field(default_factory=list)
    arrivals: list[Arrived] = field(default_factory=list)

    @property
    def free(self) -> int:
        return self.capacity - self.booked - self.held - self.offered

    @property
    def share(self) -> float:
        """Of the seats, how many are booked."""
        return self.booked / self.capacity if self.capacity else 0.0

    @property
    def missing(self) -> int:
        """Tickets of events that have begun, without their people."""
        return max(self.expected - self.arrived, 0)


_ONE = "SELECT * FROM events_event WHERE id = %(scope)s"
_MANY = """
SELECT * FROM events_event WHERE NOT rehearsal AND status IN ('published', 'postponed')
   AND (%(team)s::uuid IS NULL OR organizer_id = %(team)s)
"""
_SEATS = """
SELECT coalesce(sum(i.capacity), 0), coalesce(sum(i.claimed - i.held), 0), coalesce(sum(i.held), 0),
       coalesce(sum(i.offered), 0)
  FROM ({events}) AS e JOIN events_inventory AS i ON i.id = e.inventory_id
"""
_WAITING = """
WITH event AS ({events})
SELECT e.currency, count(*), sum(w.quantity),
       sum(w.quantity * coalesce(t.price, (SELECT min(price) FROM events_tickettype
                                            WHERE event_id = e.id AND retired_at IS NULL AND NOT hidden), 0))
  FROM waitlist_entry AS w JOIN event AS e ON e.id = w.event_id
  LEFT JOIN events_tickettype AS t ON t.id = w.ticket_type_id
 WHERE w.status = 'waiting'
 GROUP BY e.currency ORDER BY e.currency
"""
_ATTENDANCE = """
WITH event AS ({events})
SELECT coalesce(sum(i.claimed - i.held), 0),
       coalesce(sum((SELECT sum(arrived) FROM analytics_slot
                      WHERE level = 'event' AND span = 'day' AND arrived > 0 AND part = '' AND scope = e.id)), 0)
  FROM event AS e JOIN events_inventory AS i ON i.id = e.inventory_id
"""


def present(scope: Scope, period: Period, now: datetime) -> Present:
    """Three statements, four for an event."""
    coming = begun = _ONE
    if scope.event is None:
        coming = f"{_MANY} AND ends_at > %(now)s"
        begun = f"{_MANY} AND starts_at >= %(start)s AND starts_at < least(%(end)s, %(now)s)"
    values = {
        "scope": scope.id,
        "team": scope.team and scope.team.pk,
        "now": now,
        "start": period.start,
        "end": period.end,
    }
    [[capacity, booked, held, offered]] = _rows(_SEATS.format(events=coming), values)
    waiting = _rows(_WAITING.format(events=coming), values)
    [[expected, arrived]] = _rows(_ATTENDANCE.format(events=begun), values)
    return Present(
        capacity=int(capacity),
        booked=int(booked),
        held=int(held),
        offered=int(offered),
        parties=sum(count for _, count, _, _ in waiting),
        wanted=int(sum(quantity for _, _, quantity, _ in waiting)),
        arrived=int(arrived),
        expected=int(expected),
        worth=[Money(currency, sold=int(worth)) for currency, _, _, worth in waiting if worth],
        arrivals=arrivals_of(scope.event) if scope.event else [],
    )


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
