"""Refusals: raised once by an operation, spoken twice by its doors (a page and the API)."""

from typing import Any


class DomainError(Exception):
    """A refusal that the customer can understand. Subclasses name the rule; `detail` is written for people.

    `status` is the HTTP status, `code` is stable (clients branch on it), `title` is the short form.
    Keyword arguments become extra members of the API's problem document.
    """

    status = 409
    code = "conflict"
    title = "That is not possible right now"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def __str__(self) -> str:
        return self.detail


class NotAllowed(DomainError):
    status = 403
    code = "not-allowed"
    title = "You may not do that"


class Invalid(DomainError):
    """Input that is well-formed but makes no sense; `errors` maps field names to lists of sentences."""

    status = 400
    code = "invalid"
    title = "Please check what you entered"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(sentence for sentences in errors.values() for sentence in sentences))
        self.errors = errors


class EditConflict(DomainError):
    code = "edit-conflict"
    title = "Somebody else changed this in the meantime"


class TooManyRequests(DomainError):
    status = 429
    code = "too-many-requests"
    title = "Too many requests"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after
        self.usage: Any = None  # of the policy, for doors that no middleware stands behind (core.limits.Usage)
