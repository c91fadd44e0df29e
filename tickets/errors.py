"""Refusals of the tickets app."""

from core.errors import DomainError


class NotConfirmed(DomainError):
    code = "not-confirmed"
    title = "There are no tickets for this booking"


class ScanReused(DomainError):
    status = 422
    code = "scan-reused"
    title = "This scan was something else before"


class NotCheckedIn(DomainError):
    code = "not-checked-in"
    title = "This ticket is not checked in"


class TooLateToRename(DomainError):
    code = "too-late-to-rename"
    title = "This name can't be changed any more"
