"""Refusals of the bookings app."""

from core.errors import DomainError


class SoldOut(DomainError):
    """Extra members: `available` (seats left for the first limit that ran out), its `ticket_type`, if any, and the
    address of the `waitlist`."""

    code = "sold-out"
    title = "Not enough seats left"


class KeptForTheLine(DomainError):
    """For those who sell on behalf of guests: there are seats, but not for them."""

    code = "kept-for-the-line"
    title = "These seats are for those in line"


class NotOnSale(DomainError):
    code = "not-on-sale"
    title = "These tickets are not on sale"


class OverPersonalLimit(DomainError):
    code = "over-personal-limit"
    title = "More tickets than one person may book"


class CodeUsedUp(DomainError):
    """Extra member: `available`, the tickets that the code is still good for, for this customer."""

    code = "promo-code-used-up"
    title = "This promo code has too few uses left"


class AlreadyBooked(DomainError):
    """Extra member: `booking`, what they have."""

    code = "already-booked"
    title = "You have seats already"


class KeyReused(DomainError):
    status = 422
    code = "idempotency-key-reused"
    title = "This key was used for something else"


class HoldLapsed(DomainError):
    status = 410
    code = "hold-lapsed"
    title = "These seats are no longer held for you"


class NotPending(DomainError):
    code = "not-pending"
    title = "This booking is no longer in a basket"


class NotPaid(DomainError):
    code = "not-paid"
    title = "This has to be paid first"


class NoMoreTime(DomainError):
    code = "no-more-time"
    title = "These seats can't be held any longer"


class RefundChanged(DomainError):
    """Extra members: `refund` (what comes back now, a decimal string in major units) and its `currency`."""

    code = "refund-changed"
    title = "Another amount comes back now"


class AlreadyCancelled(DomainError):
    code = "already-cancelled"
    title = "This booking is cancelled already"


class TooLateToCancel(DomainError):
    code = "too-late-to-cancel"
    title = "It is too late to cancel"


class TicketUsed(DomainError):
    code = "ticket-used"
    title = "What was used can't be cancelled"


class CustomerGone(DomainError):
    """The account was deleted while its access token was still good."""

    status = 401
    code = "not-authenticated"
    title = "This account is closed"

    def __init__(self) -> None:
        super().__init__("This account is closed. Sign in with another one to book.")


class DeskBusy(DomainError):
    """Not decided, for certain: too many wait already, or the database could not be asked."""

    status = 503
    code = "busy"
    title = "Too many bookings at once"

    def __init__(self) -> None:
        super().__init__(
            "More people are booking than we can serve this second. Nothing was booked; try again in a moment.",
            retry_after=2,
        )


class Undecided(DomainError):
    """The database was lost between question and answer."""

    status = 503
    code = "undecided"
    title = "We can't say yet whether this went through"

    def __init__(self) -> None:
        super().__init__(
            "We lost touch with our books before they answered. Send the same request again in a moment: with the same "
            "key it books once. Without one, look at your bookings first.",
            retry_after=5,
        )
