"""Recount what is offered and who waits."""

from dataclasses import dataclass

from django.db import connection

# One statement, so that it reads one snapshot.
_RECOUNT = """
WITH part AS (
    SELECT event_id, offered_type_id AS type_id, quantity
      FROM waitlist_entry WHERE status = 'offered' AND for_booking IS NULL
    UNION ALL
    SELECT n.event_id, (p.part->>0)::uuid, (p.part->>1)::int
      FROM waitlist_entry n, jsonb_array_elements(n.parts) AS p(part) WHERE n.status = 'offered'
), offer AS (
    SELECT limits.id, sum(part.quantity) AS seats
      FROM part
      JOIN events_event e ON e.id = part.event_id
      JOIN events_tickettype t ON t.id = part.type_id,
           LATERAL (VALUES (e.inventory_id), (t.inventory_id)) AS limits(id)
     WHERE limits.id IS NOT NULL GROUP BY limits.id
), place AS (
    SELECT waits.id, count(*) AS parties
      FROM waitlist_entry n, unnest(n.waits_at) AS waits(id) GROUP BY waits.id
), moved AS (
    SELECT inventory_id AS id,
           sum(CASE reason WHEN 'accepted' THEN -change ELSE change END) AS offered
      FROM events_movement
     WHERE reason IN ('offered', 'accepted', 'passed', 'lapsed', 'withdrawn') GROUP BY inventory_id
)
SELECT i.id, i.offered, coalesce(offer.seats, 0), coalesce(moved.offered, 0), i.waiting, coalesce(place.parties, 0)
  FROM events_inventory i
  LEFT JOIN offer ON offer.id = i.id
  LEFT JOIN place ON place.id = i.id
  LEFT JOIN moved ON moved.id = i.id
 WHERE i.offered <> coalesce(offer.seats, 0) OR i.offered <> coalesce(moved.offered, 0)
    OR i.waiting <> coalesce(place.parties, 0)
 ORDER BY i.id
"""


@dataclass(frozen=True)
class Miscount:
    """An inventory whose counters differ from what offers, movements and places in line add up to."""

    inventory_id: int
    offered: int
    in_offers: int
    in_movements: int
    waiting: int
    in_line: int

    def __str__(self) -> str:
        return (
            f"Inventory {self.inventory_id}: {self.offered} offered, {self.in_offers} in offers, "
            f"{self.in_movements} by movements; {self.waiting} waiting, {self.in_line} in line."
        )


def audit_lines() -> list[Miscount]:
    """Every inventory that does not add up; an empty list is what it should be."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return [Miscount(*(int(value) for value in row)) for row in cursor.fetchall()]
