"""Everything that changes a ticket, and how to find one."""

from tickets.operations.admitting import Admission, check_in, check_in_ticket
from tickets.operations.finding import verify
from tickets.operations.issuing import forget_holders, issue, issue_all, issued
from tickets.operations.naming import name_holders
from tickets.operations.undoing import undo_check_in

__all__ = [
    "Admission",
    "check_in",
    "check_in_ticket",
    "forget_holders",
    "issue",
    "issue_all",
    "issued",
    "name_holders",
    "undo_check_in",
    "verify",
]
