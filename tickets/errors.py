"""Refusals of the tickets app."""

from core.errors import DomainError


class NotConfirmed(DomainError):
    code = "not-confirmed"
    title = "There are no tickets for this booking"
