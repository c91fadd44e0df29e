"""Refusals of the payments app."""

from core.errors import DomainError


class MethodNotOffered(DomainError):
    """Extra member: `offered`, the methods there are."""

    code = "method-not-offered"
    title = "This event is not paid that way"


class NothingToPay(DomainError):
    code = "nothing-to-pay"
    title = "There is nothing to pay"


class ProviderAway(DomainError):
    """The provider could not be asked. Nothing is lost: the seats stay held, and the same request may be repeated."""

    status = 503
    code = "payment-provider-away"
    title = "The payment page can't be reached"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=10)


class PaymentRefused(DomainError):
    """The provider will not take this payment."""

    code = "payment-refused"
    title = "This can't be paid that way"


class NothingReceived(DomainError):
    code = "nothing-received"
    title = "There is no receipt"


class TooMuchBack(DomainError):
    """Extra member: `available`, a decimal string in major units."""

    code = "refund-exceeds-payment"
    title = "That is more than was paid"


class BookedInBefore(DomainError):
    """Money under that reference has come in already."""

    code = "booked-in-before"
    title = "This was booked in before"


class NotDueByHand(DomainError):
    """A refund that nobody has to pay back by hand, or send again."""

    code = "refund-not-due"
    title = "There is nothing to do about this refund"


class NotRefundable(DomainError):
    code = "not-refundable"
    title = "This can't be given back that way"


class NoChoice(DomainError):
    code = "no-choice"
    title = "There is nothing to choose any more"


class NotOurs(DomainError):
    """Not from the provider it claims to come from."""

    status = 400
    code = "forged"
    title = "This message is not signed as it should be"


class MessageTooLong(DomainError):
    status = 413
    code = "too-large"
    title = "This message is too long"
