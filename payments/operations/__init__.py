"""Everything that moves money."""

from payments.operations.accounts import change_account
from payments.operations.audit import audit_commits, audit_money
from payments.operations.by_hand import (
    cancel_tickets,
    give_late_money_back,
    mark_paid_back,
    refund_by_hand,
    send_anew,
    take_in,
)
from payments.operations.checking import ask_soon, check, check_all
from payments.operations.clock import look_at_the_clock
from payments.operations.hearing import hear
from payments.operations.refunding import check_refund, send, settle_up
from payments.operations.rescuing import give_back_if_open, take_money_back, take_seats, wait_in_line
from payments.operations.settling import book_in, settle
from payments.operations.starting import pay, start

__all__ = [
    "ask_soon",
    "audit_commits",
    "audit_money",
    "book_in",
    "cancel_tickets",
    "change_account",
    "check",
    "check_all",
    "check_refund",
    "give_back_if_open",
    "give_late_money_back",
    "hear",
    "look_at_the_clock",
    "mark_paid_back",
    "pay",
    "refund_by_hand",
    "send",
    "send_anew",
    "settle",
    "settle_up",
    "start",
    "take_in",
    "take_money_back",
    "take_seats",
    "wait_in_line",
]
