"""Payments and refunds as rows of files, the oldest first."""

from collections.abc import Iterator
from datetime import datetime

from core import money
from core.spreadsheets import Cell
from events.models import Event
from payments.models import Payment, Refund

PAYMENTS_HEAD = [
    "Begun",
    "Booking",
    "Name",
    "E-mail",
    "Method",
    "State",
    "Currency",
    "Asked for",
    "Came in",
    "Went back",
    "Paid",
    "Provider's id",
    "Note",
]
REFUNDS_HEAD = ["Decided", "Booking", "Name", "E-mail", "Method", "Currency", "Amount", "State", "Why", "Reason", "By"]
REFUNDS_HEAD += ["Done", "By hand", "Provider's id", "Error"]
TOGETHER = 1000


def payments(event: Event) -> Iterator[list[Cell]]:
    """Every payment; amounts in major units. Moments in the event's zone."""
    found = Payment.objects.filter(booking__event=event).select_related("booking__customer")
    for one in found.order_by("created_at", "id").iterator(TOGETHER):
        yield [
            _moment(event, one.created_at),
            *_who(one),
            one.get_method_display(),
            one.get_status_display(),
            one.currency,
            money.plain(one.amount, one.currency),
            money.plain(one.received, one.currency),
            money.plain(one.refunded, one.currency),
            _moment(event, one.paid_at),
            one.provider_id,
            one.note,
        ]


def refunds(event: Event) -> Iterator[list[Cell]]:
    """Every refund, those on their way included."""
    found = Refund.objects.filter(payment__booking__event=event).select_related("payment__booking__customer", "by")
    for one in found.order_by("created_at", "id").iterator(TOGETHER):
        yield [
            _moment(event, one.created_at),
            *_who(one.payment),
            one.payment.get_method_display(),
            one.payment.currency,
            money.plain(one.amount, one.payment.currency),
            one.get_status_display(),
            one.get_kind_display(),
            one.reason,
            str(one.by or ""),
            _moment(event, one.done_at),
            "yes" if one.by_hand else "",
            one.provider_id,
            one.error,
        ]


def _who(payment: Payment) -> list[Cell]:
    booking = payment.booking
    return [booking.reference, booking.name or booking.customer.name, booking.email or booking.customer.email]


def _moment(event: Event, moment: datetime | None) -> str:
    return moment.astimezone(event.zone).isoformat(timespec="seconds") if moment else ""
