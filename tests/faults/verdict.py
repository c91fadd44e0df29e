"""What must be true after a fault, looked at without the product's code, but for its own two audits."""

from collections import Counter
from dataclasses import dataclass

from tests.faults.installation import Installation
from tests.faults.load import Told

PRICE = 1250  # of a paid ticket, in cents
# What is due within minutes, not what waits for its hour.
_UNDER_WAY = """
SELECT fact FROM outbox_message WHERE status = 'pending' AND available_at < now() + interval '10 minutes'
UNION ALL SELECT 'delivery' FROM notifications_delivery WHERE status = 'pending'
UNION ALL SELECT 'refund' FROM payments_refund WHERE status <> 'done'
"""
_BOOKINGS = """
SELECT b.id::text, b.customer_id::text, b.status,
    (SELECT count(*) FROM tickets_ticket t WHERE t.booking_id = b.id),
    (SELECT coalesce(sum(p.received - p.refunded), 0) FROM payments_payment p WHERE p.booking_id = b.id)
FROM bookings_booking b WHERE b.event_id = %s
"""
_LIMIT = """
SELECT claimed, held, offered, capacity FROM events_inventory i JOIN events_event e ON e.inventory_id = i.id
WHERE e.id = %s
"""
_LETTERS = """
SELECT d.id::text, n.kind, d.address, d.status FROM notifications_delivery d
JOIN notifications_notice n ON n.id = d.notice_id WHERE d.channel = 'email' AND d.address = ANY(%s)
"""


@dataclass(frozen=True)
class Kept:
    """A booking as the database has it; `money` is what came in for it and has not gone back."""

    customer: str
    status: str
    tickets: int
    money: int

    def is_as(self, told: Told) -> bool:
        """Who gave it back may have done so before their money had come: then there was never a ticket."""
        gone = told.status == "cancelled"
        tickets_fit = self.tickets <= 1 if gone else self.tickets == 1
        owed = PRICE if told.paid and not gone else 0
        return (self.customer, self.status, self.money) == (told.guest.id, told.status, owed) and tickets_fit


def is_quiet(site: Installation) -> bool:
    """Whether everything that was to happen has happened."""
    return not site.look(_UNDER_WAY)


def faults(site: Installation, event: str, told: list[Told]) -> list[str]:
    """A sentence for everything that must not be."""
    return [*_broken_promises(site, event, told), *_seats(site, event), *_letters(site, told), *_audits(site)]


def twice(site: Installation) -> int:
    """How many letters the mail server was brought, whole, more than once: each by the same Message-ID."""
    return sum(count - 1 for count in site.office.ids().values())


def _broken_promises(site: Installation, event: str, told: list[Told]) -> list[str]:
    kept = {row[0]: Kept(*row[1:]) for row in site.look(_BOOKINGS, event)}
    wrong = [f"{one.booking} of {one.guest.email} is lost." for one in told if one.booking not in kept]
    wrong += [f"{pk} was never told of." for pk in set(kept) - {one.booking for one in told}]
    wrong += [
        f"{pk} is {kept[pk]}, and was to be {one}."
        for one in told
        if (pk := one.booking) in kept and not kept[pk].is_as(one)
    ]
    many = Counter(booking.customer for booking in kept.values())
    return wrong + [f"{customer} has {count} bookings." for customer, count in many.items() if count > 1]


def _seats(site: Installation, event: str) -> list[str]:
    ((claimed, held, offered, capacity),) = site.look(_LIMIT, event)
    confirmed = sum(row[2] == "confirmed" for row in site.look(_BOOKINGS, event))
    fine = claimed - held == confirmed and claimed + offered <= capacity
    return [] if fine else [f"{claimed} of {capacity} seats are claimed, {held} held, {confirmed} confirmed."]


def _letters(site: Installation, told: list[Told]) -> list[str]:
    """Whoever booked was sent a letter of it, and one only; and whatever was sent has arrived."""
    emails = {one.guest.email: one.status for one in told}
    rows = site.look(_LETTERS, list(emails))
    came = site.office.ids()
    host = site.environ["BASE_URL"].removeprefix("http://").partition(":")[0]
    wrong = [f"{kind} for {to} is {status}." for _, kind, to, status in rows if status not in ("sent", "dropped")]
    sent = [(pk, kind, to) for pk, kind, to, status in rows if status == "sent"]
    wrong += [f"{kind} for {to} never came." for pk, kind, to in sent if not came[f"<{pk}@{host}>"]]
    confirmed = Counter(to for _, kind, to, _ in rows if kind == "booking_confirmed")
    fitting = {"confirmed": [1], "cancelled": [0, 1]}
    return wrong + [
        f"{email} was told {confirmed[email]} times."
        for email, status in emails.items()
        if confirmed[email] not in fitting[status]
    ]


def _audits(site: Installation) -> list[str]:
    said = {"audit_inventory": "Every inventory adds up.\n", "audit_money": "All money adds up.\n"}
    return [found for command, fine in said.items() if (found := site.manage(command)) != fine]
