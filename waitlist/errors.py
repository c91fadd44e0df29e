"""Refusals of the waitlist app."""

from core.errors import DomainError


class NotSoldOut(DomainError):
    """Extra member: `available`, the seats that can be booked now."""

    code = "not-sold-out"
    title = "There are seats: book them"


class AlreadyInLine(DomainError):
    """Extra member: `entry`, the place they have."""

    code = "already-in-line"
    title = "You are in this line already"


class LineClosed(DomainError):
    code = "line-closed"
    title = "Nobody can wait for this any more"


class NotInLine(DomainError):
    code = "not-in-line"
    title = "This place in line is over"


class PaidPlace(DomainError):
    """Extra member: `booking`, what it is for."""

    code = "paid-place"
    title = "These seats are paid for"


class NoOffer(DomainError):
    code = "no-offer"
    title = "No seats are reserved for you"


class OfferLapsed(DomainError):
    status = 410
    code = "offer-lapsed"
    title = "The time for this offer is up"


class NoSeatsToOffer(DomainError):
    """Extra member: `available`, the seats that could be offered."""

    code = "no-seats-to-offer"
    title = "There are too few seats for this party"
