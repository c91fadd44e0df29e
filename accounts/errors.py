"""Refusals of the accounts app."""

from core.errors import DomainError


class EmailTaken(DomainError):
    code = "email-taken"
    title = "There is an account with this e-mail address"


class LastOwner(DomainError):
    code = "last-owner"
    title = "A team needs an owner"


class NotAMember(DomainError):
    code = "not-a-member"
    title = "Not a member of this team"


class SignInRefused(DomainError):
    status = 401
    code = "sign-in-refused"
    title = "That did not work"


class SessionEnded(DomainError):
    status = 401
    code = "session-ended"
    title = "Please sign in again"
