"""One booking's money, as its organiser sees it: what can be done, and what happened. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from bookings.models import Booking
from bookings.policy import given, is_paid
from core import money
from payments import providers
from payments.models import MoneyAct, Payment, Receipt, Refund, Rescue
from payments.operations.by_hand import is_due_by_hand, may_be_sent_anew, payment_by_hand
from payments.organising import Row, rows_of


@dataclass(frozen=True)
class Happened:
    """A line of the history: what, when, by whom (None: by rule, or by the provider) and why."""

    at: datetime
    icon: str
    words: str
    by: User | None = None
    note: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class Back:
    """A refund, and what somebody may do about it."""

    refund: Refund
    may_be_marked: bool
    may_be_sent: bool

    @property
    def badge(self) -> tuple[str, str]:
        if self.refund.status == Refund.Status.FAILED:
            return "bad", "Failed"
        if self.may_be_marked:
            return "warn", "To pay back"
        return ("ok", "Paid back") if self.refund.status == Refund.Status.DONE else ("info", "On its way")


@dataclass(frozen=True)
class CaseFile:
    """All there is to know of a booking's money, and what may be done with it."""

    row: Row
    rescue: Rescue | None
    backs: list[Back]
    history: list[Happened]

    @property
    def booking(self) -> Booking:
        return self.row.booking

    @property
    def may_book_in(self) -> bool:
        """Where money that people move belongs to it, or a promise is still to be kept."""
        return payment_by_hand(self.row.payments) is not None or self.promised > 0

    @property
    def promised(self) -> int:
        """What is to be paid at the door, in minor units."""
        return self.row.missing if self.booking.paid_by == Booking.PaidBy.DOOR else 0

    @property
    def may_refund(self) -> bool:
        waits = self.booking.status == Booking.Status.PENDING or self.rescue
        return self.row.held > 0 and not waits

    @property
    def may_cancel_tickets(self) -> bool:
        return self.booking.status == Booking.Status.CONFIRMED

    @property
    def under_way(self) -> list[Payment]:
        """Payments whose provider can be asked."""
        return [one for one in self.row.payments if one.is_under_way() and not providers.of(one).by_hand]

    @property
    def disputed(self) -> bool:
        return any(payment.disputed_at for payment in self.row.payments)

    @property
    def notes(self) -> list[str]:
        """What was odd about its payments."""
        return [payment.note for payment in self.row.payments if payment.note]


def case_of(booking: Booking) -> CaseFile:
    """Five statements. Needs `event` and `customer` fetched."""
    (row,) = rows_of([booking])
    receipts = list(Receipt.objects.filter(payment__booking=booking).select_related("by", "payment").order_by("at"))
    acts = list(MoneyAct.objects.filter(booking=booking).select_related("by", "refund__payment").order_by("at"))
    rescue = Rescue.objects.filter(booking=booking).order_by("-asked_at").first()
    backs = [Back(one, is_due_by_hand(one), may_be_sent_anew(one)) for one in row.refunds]
    history = [*_begun(row.payments), *_came(receipts), *_went(row.refunds), *_done(acts), *_late(rescue)]
    return CaseFile(
        row=row,
        rescue=rescue if rescue and rescue.is_open() else None,
        backs=backs,
        history=sorted(history, key=lambda one: one.at, reverse=True),
    )


def refund_of_tickets(booking: Booking, prices: list[int]) -> int:
    """What goes back when staff cancel tickets of these prices: all that was paid for them, in minor units."""
    return min(sum(prices), given(booking)) if is_paid(booking) else 0


def _begun(payments: list[Payment]) -> list[Happened]:
    found = []
    for payment in payments:
        words = f"{payment.amount_label} asked for by {payment.get_method_display().lower()}"
        found.append(Happened(payment.created_at, "banknote", words))
        if payment.ended_at and payment.status in (Payment.Status.ENDED, Payment.Status.FAILED):
            ended = f"{payment.get_method_display()}: {payment.get_status_display().lower()}"
            found.append(Happened(payment.ended_at, "circle-x", ended, note=payment.note))
        if payment.disputed_at:
            found.append(Happened(payment.disputed_at, "triangle-alert", "The guest's bank wants the money back"))
    return found


def _came(receipts: list[Receipt]) -> list[Happened]:
    return [
        Happened(one.at, "arrow-down-to-line", f"{one.amount_label} came in", one.by, _of(one), one.dated)
        for one in receipts
    ]


def _of(receipt: Receipt) -> str:
    """The reference that people know it by, and what was noted; a provider's own is of no use to them."""
    shown = receipt.reference if receipt.by_id else ""
    return " · ".join(part for part in (shown, receipt.note) if part)


def _went(refunds: list[Refund]) -> list[Happened]:
    found = []
    for one in refunds:
        why = (
            one.reason
            if one.kind == Refund.Kind.HAND
            else " · ".join(filter(None, (one.get_kind_display(), one.reason)))
        )
        found.append(Happened(one.created_at, "undo-2", f"{one.amount_label} to be given back", one.by, why))
        if one.done_at and not one.by_hand:
            found.append(Happened(one.done_at, "circle-check", f"{one.amount_label} given back by the provider"))
    return found


def _done(acts: list[MoneyAct]) -> list[Happened]:
    return [Happened(one.at, "hand", _act(one), one.by, one.note) for one in acts]


def _act(act: MoneyAct) -> str:
    if act.refund:
        return f"{money.words(act.refund.amount, act.refund.payment.currency)}: {act.get_kind_display().lower()}"
    return act.get_kind_display()


def _late(rescue: Rescue | None) -> list[Happened]:
    if rescue is None:
        return []
    asked = Happened(rescue.asked_at, "clock-alert", "Came when the seats were gone: the guest was asked what to do")
    ended = [Happened(rescue.ended_at, "circle-check", rescue.get_status_display())] if rescue.ended_at else []
    return [asked, *ended]
