"""Everything that changes a booking."""

from bookings.operations.accepting import accept
from bookings.operations.audit import Discrepancy, audit_inventory
from bookings.operations.booking import book, confirm, confirm_paid, decide, hold, note_paid, order_for
from bookings.operations.handing_over import hand_over
from bookings.operations.holds import extend, keep_until
from bookings.operations.late import give_up_first, reclaim, revive, wait_first
from bookings.operations.office import ForGuest, give_away, office_price, sell
from bookings.operations.partial import cancel_seats, seats_refund
from bookings.operations.plan import Request
from bookings.operations.release import (
    cancel,
    cancel_some,
    expire,
    forget_customer,
    give_back,
    release_lapsed,
    used_seats,
)

__all__ = [
    "Discrepancy",
    "ForGuest",
    "Request",
    "accept",
    "audit_inventory",
    "book",
    "cancel",
    "cancel_seats",
    "cancel_some",
    "confirm",
    "confirm_paid",
    "decide",
    "expire",
    "extend",
    "forget_customer",
    "give_away",
    "give_back",
    "give_up_first",
    "hand_over",
    "hold",
    "keep_until",
    "note_paid",
    "office_price",
    "order_for",
    "reclaim",
    "release_lapsed",
    "revive",
    "seats_refund",
    "sell",
    "wait_first",
    "used_seats",
]
