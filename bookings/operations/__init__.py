"""Everything that changes a booking."""

from bookings.operations.accepting import accept
from bookings.operations.audit import Discrepancy, audit_inventory
from bookings.operations.booking import book, confirm, confirm_paid, decide, hold, note_paid, order_for
from bookings.operations.plan import Request
from bookings.operations.release import cancel, cancel_some, expire, forget_customer, give_back, release_lapsed

__all__ = [
    "Discrepancy",
    "Request",
    "accept",
    "audit_inventory",
    "book",
    "cancel",
    "cancel_some",
    "confirm",
    "confirm_paid",
    "decide",
    "expire",
    "forget_customer",
    "give_back",
    "hold",
    "note_paid",
    "order_for",
    "release_lapsed",
]
