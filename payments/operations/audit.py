"""Recount all money: what came in, what went back, and what bookings say of both.

Each rule is one statement, so that it reads one snapshot, and counts by itself: none of the code that moves money is
asked. Amounts are minor units.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from payments import providers

GRACE = timedelta(minutes=10)
"""How long workers and sweeps may take over what follows from a commit."""

# What each booking holds in its own currency, and what it may keep. A refund by hand may exceed what is owed later:
# nobody owes us for that.
_BOOKS = """
WITH books AS (
    SELECT b.id, b.reference, b.status, b.paid_by, b.total, b.currency, b.ended_at,
           (SELECT coalesce(sum(p.received - p.refunded), 0) FROM payments_payment p
            WHERE p.booking_id = b.id AND p.currency = b.currency)::bigint AS held,
           greatest(0, CASE WHEN b.status = 'confirmed' THEN b.total + b.adjustment
                            WHEN b.status = 'pending' OR r.id IS NOT NULL THEN b.total
                            ELSE b.adjustment END) AS owed,
           r.id IS NOT NULL AS choosing
    FROM bookings_booking b
    LEFT JOIN payments_rescue r ON r.booking_id = b.id AND r.status IN ('asked', 'line')
    WHERE b.id IN (SELECT booking_id FROM payments_payment) OR b.paid_by = 'money'
)
SELECT * FROM books WHERE
"""


@dataclass(frozen=True)
class Rule:
    """Something that must not be: a statement that finds it, and what to say of each row found."""

    sentence: str
    statement: str

    def broken(self, **values: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(self.statement, values)
            names = [column.name for column in cursor.description or ()]
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [self.sentence.format(**dict(zip(names, row, strict=True))) for row in rows]


# True at every commit.
ALWAYS = [
    Rule(
        "Payment {id} has received {received}, and its receipts add up to {counted} {currency}.",
        """
        SELECT p.id, p.received, p.currency, coalesce(sum(r.amount), 0) AS counted
        FROM payments_payment p LEFT JOIN payments_receipt r ON r.payment_id = p.id
        GROUP BY p.id HAVING p.received <> coalesce(sum(r.amount), 0)
        """,
    ),
    Rule(
        "Payment {id} has refunded {refunded}, and its refunds add up to {counted} {currency}.",
        """
        SELECT p.id, p.refunded, p.currency, coalesce(sum(r.amount), 0) AS counted
        FROM payments_payment p LEFT JOIN payments_refund r ON r.payment_id = p.id
        GROUP BY p.id HAVING p.refunded <> coalesce(sum(r.amount), 0)
        """,
    ),
    Rule(
        "Receipt {id} is in {currency}, and its payment in {theirs}.",
        """
        SELECT r.id, r.currency, p.currency AS theirs
        FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id WHERE r.currency <> p.currency
        """,
    ),
    Rule(
        "Payment {id} keeps {kept} {currency} for booking {reference}, which is in {theirs}.",
        """
        SELECT p.id, p.received - p.refunded AS kept, p.currency, b.reference, b.currency AS theirs
        FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id
        WHERE p.currency <> b.currency AND p.received <> p.refunded
        """,
    ),
    Rule(
        "Booking {reference} is confirmed as paid and holds {held} of {owed} {currency}.",
        _BOOKS + "status = 'confirmed' AND paid_by = 'money' AND held < owed",
    ),
    Rule(
        "Booking {reference} holds {held} of {total} {currency}, and is still a basket.",
        _BOOKS + "status = 'pending' AND total > 0 AND held >= total",
    ),
    Rule(
        "Booking {reference} has a choice to make, and holds {held} of {total} {currency}.",
        _BOOKS + "choosing AND held < total",
    ),
    Rule(
        "Booking {reference} is {status} and was to keep {owed} {currency}, and holds {held}.",
        _BOOKS + "status NOT IN ('confirmed', 'pending') AND NOT choosing AND held < owed",
    ),
    Rule(
        "Refund {id} of {amount} is due, and nothing will send it.",
        """
        SELECT r.id, r.amount FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
        WHERE r.status = 'due' AND p.provider <> ALL(%(by_hand)s) AND NOT EXISTS (
            SELECT FROM outbox_message m
            WHERE m.fact IN ('refund_to_send', 'bulk_refund_to_send') AND m.status = 'pending'
              AND m.payload->>'refund_id' = r.id::text)
        """,
    ),
    Rule(
        "Refund {id} of {amount} is on its way, and nobody will ask what became of it.",
        "SELECT id, amount FROM payments_refund WHERE status = 'sent' AND check_at IS NULL",
    ),
    Rule(
        "Payment {id} is under way, and nobody will ask what became of it.",
        """
        SELECT id FROM payments_payment
        WHERE status IN ('new', 'open') AND check_at IS NULL AND provider <> ALL(%(by_hand)s)
        """,
    ),
]

# True once workers and sweeps have had their time.
IN_TIME = [
    Rule(
        "Booking {reference} is {status} and holds {held} {currency}, though it may keep {owed}.",
        _BOOKS
        + """
        held > owed AND (ended_at IS NULL OR ended_at <= %(before)s) AND NOT EXISTS (
            SELECT FROM outbox_message m WHERE m.status = 'pending' AND m.payload->>'booking_id' = books.id::text)
        """,
    ),
    Rule(
        "Payment {id} is under way for booking {reference}, which is {status}.",
        """
        SELECT p.id, b.reference, b.status FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id
        WHERE p.status IN ('new', 'open') AND b.status <> 'pending'
          AND coalesce(b.ended_at, b.confirmed_at) <= %(before)s
        """,
    ),
    Rule(
        "The choice of booking {reference} was to be made by {decide_by:%Y-%m-%d %H:%M}.",
        """
        SELECT b.reference, r.decide_by FROM payments_rescue r JOIN bookings_booking b ON b.id = r.booking_id
        WHERE r.status IN ('asked', 'line') AND r.decide_by <= %(before)s
        """,
    ),
]


def audit_money(*, now: datetime) -> list[str]:
    """A sentence for all that does not add up; an empty list is what it should be."""
    return audit_commits() + _broken(IN_TIME, before=now - GRACE)


def audit_commits() -> list[str]:
    """The part of it that is true at every commit, whatever is still on its way."""
    return _broken(ALWAYS, by_hand=providers.by_hand())


def _broken(rules: list[Rule], **values: Any) -> list[str]:
    return [sentence for rule in rules for sentence in rule.broken(**values)]
