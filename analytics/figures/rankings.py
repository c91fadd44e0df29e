"""Categories, places and events, those of which most tickets were booked first."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from analytics.figures.period import Period
from analytics.figures.scope import Scope
from analytics.figures.sums import of_many_events
from events.models import Event

TOP = 8  # of each kind


@dataclass(frozen=True)
class Ranked:
    """One of several: a category, a place or an event."""

    name: str
    tickets: int
    bookings: int
    slug: str = ""


def rankings(scope: Scope, period: Period) -> tuple[list[Ranked], list[Ranked], list[Ranked]]:
    """Categories, places and events of which most tickets were booked. One statement."""
    slots, ends = of_many_events(period, _OWN if scope.team else "")
    with connection.cursor() as cursor:
        cursor.execute(_TOPS.format(slots=slots), {**ends, "team": scope.id, "most": TOP})
        return _sorted(cursor.fetchall())


def _sorted(rows: list[tuple[Any, ...]]) -> tuple[list[Ranked], list[Ranked], list[Ranked]]:
    categories, places, events = [], [], []
    for by_category, by_place, category, city, country, title, slug, tickets, bookings in rows:
        if by_category:
            label = dict(Event._meta.get_field("category").flatchoices)[category]
            categories.append(Ranked(str(label), tickets, bookings, category))
        elif by_place:
            places.append(Ranked(f"{city}, {country}" if city else "Online", tickets, bookings))
        else:
            events.append(Ranked(title, tickets, bookings, slug))
    return categories, places, events


_OWN = "AND scope = ANY(ARRAY(SELECT id FROM events_event WHERE organizer_id = %(team)s))"
_TOPS = """
WITH event AS (
    SELECT scope AS id, sum(tickets)::bigint AS tickets, sum(bookings)::bigint AS bookings
      FROM ({slots}) AS slot WHERE tickets > 0 GROUP BY scope
), named AS (
    SELECT e.id, e.title, e.slug, e.category, coalesce(v.city, '') AS city, coalesce(v.country, '') AS country,
           o.tickets, o.bookings
      FROM event AS o JOIN events_event AS e ON e.id = o.id LEFT JOIN events_venue AS v ON v.id = e.venue_id
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
