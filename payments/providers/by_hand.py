"""Money that people move: bank transfers, and what is paid at the door."""

from collections.abc import Mapping

from events.models import PaymentMethod
from payments.models import Account, Payment, Refund
from payments.providers.protocol import Forged, Hint, RefundStanding, RefundStatus, Standing, Started, Status


class _ByHand:
    """Nobody to ask: what is true is what people have booked in."""

    by_hand = True
    origins: tuple[str, ...] = ()

    def start(self, payment: Payment, *, success_url: str, cancel_url: str) -> Started:
        return Started(provider_id="")

    def check(self, payment: Payment) -> Status:
        return Status(Standing.OPEN)

    def cancel(self, payment: Payment) -> Status:
        return Status(Standing.ENDED)

    def refund(self, refund: Refund) -> RefundStatus:
        return RefundStatus(RefundStanding.PENDING)

    check_refund = refund

    def read_event(self, body: bytes, headers: Mapping[str, str], account: Account | None) -> Hint | None:
        raise Forged("Nobody sends messages about money that people move.")


class Transfer(_ByHand):
    """To the bank account that the team has named, under the booking's reference."""

    name = "transfer"
    method = PaymentMethod.TRANSFER

    def serves(self, account: Account | None) -> bool:
        return bool(account and account.takes_transfers)


class Door(_ByHand):
    """In cash, or as the organiser takes it, on the day."""

    name = "door"
    method = PaymentMethod.DOOR

    def serves(self, account: Account | None) -> bool:
        return True
