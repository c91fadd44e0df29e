"""Everything that moves money."""

from payments.operations.audit import audit_commits, audit_money
from payments.operations.checking import check, check_all
from payments.operations.clock import look_at_the_clock
from payments.operations.hearing import hear
from payments.operations.refunding import check_refund, send, settle_up
from payments.operations.rescuing import seats_found, take_money_back
from payments.operations.settling import book_in, settle
from payments.operations.starting import pay, start

__all__ = [
    "audit_commits",
    "audit_money",
    "book_in",
    "check",
    "check_all",
    "check_refund",
    "hear",
    "look_at_the_clock",
    "pay",
    "seats_found",
    "send",
    "settle",
    "settle_up",
    "start",
    "take_money_back",
]
