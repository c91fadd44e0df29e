"""Refusals of the guests app."""

from core.errors import DomainError


class JobOver(DomainError):
    code = "job-over"
    title = "This has ended already"
