"""Refusals of the events app."""

from core.errors import DomainError


class CapacityTooSmall(DomainError):
    code = "capacity-too-small"
    title = "More seats than that are taken"


class NotPublishable(DomainError):
    code = "not-publishable"
    title = "This event can't be published yet"


class EventOver(DomainError):
    code = "event-over"
    title = "This event can no longer be changed"


class VersionRequired(DomainError):
    status = 428
    code = "version-required"
    title = "Say which version you are changing"


class CodeRefused(DomainError):
    """A promo code that nobody has heard of, whose time is not now, or that is for other tickets."""

    status = 422
    code = "promo-code-refused"
    title = "This promo code does not apply"
