"""Refusals of the guests app."""

from core.errors import DomainError


class JobOver(DomainError):
    code = "job-over"
    title = "This has ended already"


class GuestsChanged(DomainError):
    """Extra member: `count`, how many there are now."""

    code = "guests-changed"
    title = "These are other guests now"


class NotForThisOne(DomainError):
    code = "not-for-this-one"
    title = "This can't be done for this booking"
