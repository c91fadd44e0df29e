"""What Evently asks of a payment provider. One file for each beside this one; `payments.providers` lists them.

Amounts are minor units by core.money's exponents, whatever a provider counts in. Every call may be repeated: the ids
of payments and refunds are the idempotency keys. No call is made while a transaction is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from events.models import PaymentMethod
from payments.models import Account, Payment, Refund


class ProviderDown(Exception):
    """It could not be asked, or gave an answer that makes no sense: the same call may be repeated."""


class ProviderRefused(Exception):
    """It said no, and will say so again. The text is its reason, in words that a customer may read."""


class Forged(Exception):
    """A message that is not signed by the provider, or too old."""


class Standing(StrEnum):
    """What is true of a payment."""

    OPEN = "open"  # it may be paid
    PROCESSING = "processing"  # the customer has done their part; the money is on its way
    PAID = "paid"
    ENDED = "ended"  # it can't be paid any more, and was not


@dataclass(frozen=True)
class Status:
    """What a provider says of a payment. When it is paid: how much came in, and the provider's `reference` of that
    money. When it failed after the customer had done their part: the `reason`."""

    standing: Standing
    provider_id: str = ""
    amount: int = 0
    currency: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Started:
    """How a customer goes on: to `url`, or, without one, by instructions on a page of ours."""

    provider_id: str
    url: str = ""
    expires_at: datetime | None = None


class RefundStanding(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundStatus:
    standing: RefundStanding
    provider_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Hint:
    """What a webhook is about: the provider's ids of a payment, of a refund, or of money (`reference`)."""

    event_id: str
    kind: str
    payment: str = ""
    refund: str = ""
    reference: str = ""
    disputed: bool = False


class Provider(Protocol):
    """A way to be paid. With `by_hand`, people book its money in and pay it back; the provider is never asked.

    `origins`: where the pages are on which customers pay; a form of ours may lead there.
    """

    name: str
    method: PaymentMethod
    by_hand: bool

    @property
    def origins(self) -> tuple[str, ...]: ...

    def serves(self, account: Account | None) -> bool:
        """Whether payments can be started with a team's account; None: the platform's own."""

    def start(self, payment: Payment, *, success_url: str, cancel_url: str) -> Started:
        """Raises ProviderDown or ProviderRefused."""

    def check(self, payment: Payment) -> Status:
        """What is true of it now. Raises ProviderDown or ProviderRefused (it knows of no such payment)."""

    def cancel(self, payment: Payment) -> Status:
        """See to it that nobody pays it any more, and say what is true of it then. Raises as `check`."""

    def refund(self, refund: Refund) -> RefundStatus:
        """Raises ProviderDown or ProviderRefused."""

    def check_refund(self, refund: Refund) -> RefundStatus:
        """Raises as `refund`."""

    def read_event(self, body: bytes, headers: Mapping[str, str], account: Account | None) -> Hint | None:
        """What a webhook says; None for what is of no interest. Raises Forged."""
