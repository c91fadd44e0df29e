"""What goes wrong with messages."""

from core.errors import DomainError


class AlwaysTold(DomainError):
    """`fixed` names the channels of the kinds that were asked for, which can't be switched off."""

    code = "always-told"
    title = "This can’t be switched off"


class NotAgain(DomainError):
    """There is nothing to send again, or nowhere to send it."""

    code = "not-again"
    title = "This can’t be sent again"


class Unreachable(Exception):
    """A device is gone for good: its browser was removed, or doesn't want to be told any more."""


class PushIsOff(DomainError):
    code = "push-is-off"
    title = "There are no push messages here"


class TestFailed(DomainError):
    """The test message to a device was not taken."""

    status = 502
    code = "test-failed"
    title = "That device was not reached"
    __test__ = False  # for pytest: it is none
