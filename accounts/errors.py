"""Refusals of the accounts app."""

from core.errors import DomainError, TooManyRequests


class EmailTaken(DomainError):
    code = "email-taken"
    title = "There is an account with this e-mail address"


class ChangeOver(DomainError):
    code = "change-over"
    title = "This change is over"


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


class MfaRequired(DomainError):
    """The password was right. `challenge` goes with the code to /api/auth/second-factor, for five minutes."""

    status = 401
    code = "mfa-required"
    title = "A second factor is needed"


class CodeRefused(DomainError):
    status = 401
    code = "code-refused"
    title = "That code did not work"


class TooManyCodes(TooManyRequests):
    code = "too-many-codes"
    title = "Too many wrong codes"


class SessionEnded(DomainError):
    status = 401
    code = "session-ended"
    title = "Please sign in again"


class AlreadyMember(DomainError):
    code = "already-a-member"
    title = "You are in this team already"


class InvitationOver(DomainError):
    status = 410
    code = "invitation-over"
    title = "This invitation is not good any more"


class NotInvited(DomainError):
    status = 403
    code = "not-invited"
    title = "This invitation is for another address"
