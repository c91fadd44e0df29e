"""What can happen to a line."""

from waitlist.operations.audit import Miscount, audit_lines
from waitlist.operations.closing import end_late, end_line, forget_customer
from waitlist.operations.first import give_up, stand_first
from waitlist.operations.handover import pass_on, settle
from waitlist.operations.joining import before_joining, join, leave, remove
from waitlist.operations.offers import invite, lapse, lapse_due, pass_up, take

__all__ = [
    "Miscount",
    "audit_lines",
    "before_joining",
    "end_late",
    "end_line",
    "forget_customer",
    "give_up",
    "invite",
    "join",
    "lapse",
    "lapse_due",
    "leave",
    "pass_on",
    "pass_up",
    "remove",
    "settle",
    "stand_first",
    "take",
]
