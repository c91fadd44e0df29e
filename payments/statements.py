"""What pages, letters and the API say of a booking's money: one reading of it for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from bookings.models import Booking
from core import money
from payments.models import Payment, Receipt, Refund, Rescue

BANK_DAYS = "5–10 days"


@dataclass(frozen=True)
class Statement:
    """The money of one booking: `payments` the oldest first, with their receipts and refunds; `rescue`, the latest, if
    its money ever came too late. Amounts are minor units of the booking's currency."""

    booking: Booking
    payments: list[Payment]
    rescue: Rescue | None

    @property
    def received(self) -> int:
        """What came in, in the currency it was asked for."""
        return sum(payment.received for payment in self._in_currency())

    @property
    def refunded(self) -> int:
        """What went back or is on its way."""
        return sum(payment.refunded for payment in self._in_currency())

    @property
    def missing(self) -> int:
        """What has to come in before the booking is paid."""
        return max(self.booking.total - self.received + self.refunded, 0)

    @property
    def received_label(self) -> str:
        return money.words(self.received, self.booking.currency)

    @property
    def missing_label(self) -> str:
        return money.words(self.missing, self.booking.currency)

    @property
    def refunds(self) -> list[Refund]:
        """The oldest first."""
        every = [refund for payment in self.payments for refund in payment.refunds.all()]
        return sorted(every, key=lambda refund: refund.created_at)

    @property
    def receipts(self) -> list[Receipt]:
        """The oldest first."""
        every = [receipt for payment in self.payments for receipt in payment.receipts.all()]
        return sorted(every, key=lambda receipt: receipt.at)

    @property
    def under_way(self) -> Payment | None:
        """The payment that may still bring money."""
        return next((payment for payment in self.payments if payment.is_under_way()), None)

    @property
    def latest(self) -> Payment | None:
        return self.payments[-1] if self.payments else None

    @property
    def standing(self) -> str:
        """In one word: free, due, waiting, late, door, paid, refunding, refunded or unpaid."""
        booking = self.booking
        if self.rescue and self.rescue.is_open():
            return "late"
        if any(refund.status in (Refund.Status.DUE, Refund.Status.SENT) for refund in self.refunds):
            return "refunding"
        if booking.status == Booking.Status.PENDING and booking.total:
            return "waiting" if self.under_way else "due"
        if booking.status == Booking.Status.CONFIRMED:
            return {"money": "paid", "door": "door"}.get(booking.paid_by, "free")
        if self.refunded:
            return "refunded"
        return ("paid" if self.received else "unpaid") if booking.total else "free"

    def _in_currency(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.currency == self.booking.currency]


def statement_of(booking: Booking) -> Statement:
    """Four statements at the most, and none for a booking that costs nothing."""
    return statements_of([booking])[booking.pk]


def statements_of(bookings: Iterable[Booking]) -> dict[UUID, Statement]:
    """By booking: as many statements to the database as for one."""
    every = list(bookings)
    ids = [booking.pk for booking in every if booking.total]
    payments = _payments(ids) if ids else []
    rescues = (
        {one.booking_id: one for one in Rescue.objects.filter(booking__in=ids).order_by("asked_at")} if ids else {}
    )
    return {
        booking.pk: Statement(
            booking, [one for one in payments if one.booking_id == booking.pk], rescues.get(booking.pk)
        )
        for booking in every
    }


def refund_in_words(refund: Refund) -> str:
    """'€25.00 is on its way to your card: that takes 5–10 days.' Needs `payment` fetched."""
    amount, by_hand = refund.amount_label, refund.payment.method != "card"
    if refund.status == Refund.Status.DONE:
        return f"{amount} was paid back."
    if refund.status == Refund.Status.FAILED:
        return f"{amount} could not be sent back yet. The organiser knows, and will find another way to pay you."
    if by_hand:
        return f"{amount} comes back to you from the organiser, who sends it by hand."
    return f"{amount} is on its way back to your card: banks take {BANK_DAYS}."


def _payments(booking_ids: list[UUID]) -> list[Payment]:
    refunds = Prefetch("refunds", queryset=Refund.objects.select_related("payment"))
    found = Payment.objects.filter(booking__in=booking_ids).order_by("id")
    return list(found.select_related("account").prefetch_related("receipts", refunds))
