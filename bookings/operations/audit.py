"""Recount every inventory from the bookings and from the movements."""

from dataclasses import dataclass

from django.db import connection

from waitlist.operations import Miscount, audit_lines

# One statement, so that it reads one snapshot: bookings made meanwhile are all in or all out.
_RECOUNT = """
WITH line AS (
    SELECT t.inventory_id AS own_id, e.inventory_id AS house_id,
           CASE WHEN l.with_code THEN p.inventory_id END AS code_id, l.quantity, b.status
    FROM bookings_bookingline l
    JOIN bookings_booking b ON b.id = l.booking_id
    JOIN events_tickettype t ON t.id = l.ticket_type_id
    JOIN events_event e ON e.id = b.event_id
    LEFT JOIN events_promocode p ON p.id = b.promo_code_id
    WHERE b.status IN ('pending', 'confirmed')
), seat AS (
    SELECT house_id AS inventory_id, quantity, status FROM line
    UNION ALL
    SELECT own_id, quantity, status FROM line WHERE own_id IS NOT NULL
    UNION ALL
    SELECT code_id, quantity, status FROM line WHERE code_id IS NOT NULL
), counted AS (
    SELECT inventory_id, sum(quantity) AS claimed,
           sum(quantity) FILTER (WHERE status = 'pending') AS held
    FROM seat GROUP BY inventory_id
), moved AS (
    SELECT inventory_id,
           sum(change) FILTER (WHERE reason NOT IN ('capacity', 'offered', 'passed', 'lapsed', 'withdrawn')) AS claimed,
           sum(change) FILTER (WHERE reason = 'capacity') AS capacity
    FROM events_movement GROUP BY inventory_id
), fact AS (
    SELECT i.id, i.claimed, i.held, i.capacity,
           coalesce(c.claimed, 0) AS in_bookings, coalesce(c.held, 0) AS in_baskets,
           coalesce(m.claimed, 0) AS in_movements, coalesce(m.capacity, 0) AS capacity_in_movements
    FROM events_inventory i
    LEFT JOIN counted c ON c.inventory_id = i.id
    LEFT JOIN moved m ON m.inventory_id = i.id
)
SELECT * FROM fact
WHERE claimed <> in_bookings OR held <> in_baskets OR claimed <> in_movements
   OR capacity <> capacity_in_movements
ORDER BY id
"""


@dataclass(frozen=True)
class Discrepancy:
    """An inventory whose counters differ from what bookings or movements add up to."""

    inventory_id: int
    claimed: int
    held: int
    capacity: int
    in_bookings: int
    in_baskets: int
    in_movements: int
    capacity_in_movements: int

    def __str__(self) -> str:
        return (
            f"Inventory {self.inventory_id}: {self.claimed} claimed, {self.in_bookings} in bookings, "
            f"{self.in_movements} by movements; {self.held} held, {self.in_baskets} in baskets; "
            f"capacity {self.capacity}, {self.capacity_in_movements} by movements."
        )


def audit_inventory() -> list[Discrepancy | Miscount]:
    """Every inventory that does not add up, its line included; an empty list is what it should be."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return [*(Discrepancy(*(int(value) for value in row)) for row in cursor.fetchall()), *audit_lines()]
