"""Receipts on paper: what was bought, from whom, with which tax, what came in and what went back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from bookings.models import Booking, BookingLine
from core import money
from core.moments import in_words, span_in_words
from core.pdf import pdf_of
from payments import providers
from payments.errors import NothingReceived
from payments.models import Refund
from payments.statements import Statement, statement_of

TEMPLATE = "payments/receipt.html"
STYLE = Path(settings.BASE_DIR) / "templates" / "payments" / "receipt.css"


@dataclass(frozen=True)
class Taxed:
    """What bears one rate of tax; amounts in words."""

    rate: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True)
class Moved:
    """Money that came in or went back; the amount in words, with its sign."""

    day: str
    what: str
    amount: str


def receipt_pdf(booking: Booking, now: datetime) -> bytes:
    """A PDF/UA document. Needs the booking fetched `with_all`. Raises NothingReceived while no money has come in."""
    statement = statement_of(booking)
    if not statement.receipts:
        raise NothingReceived("There is no receipt: no money has come in for this booking.")
    return pdf_of(render_to_string(TEMPLATE, _facts(statement, now)), style=STYLE)


def _facts(statement: Statement, now: datetime) -> dict[str, object]:
    booking = statement.booking
    event, team = booking.event, booking.event.organizer
    account = providers.account_of(team)
    lines = list(booking.lines.all())
    first = statement.receipts[0].at.astimezone(event.zone)
    return {
        "booking": booking,
        "event": event,
        "when": span_in_words(event.local_start, event.local_end),
        "seller": (account and account.legal_name) or team.name,
        "address": account.address if account else "",
        "tax_id": account.tax_id if account else "",
        "tax_name": team.tax_name,
        "made": in_words(now.astimezone(event.zone)),
        "day": f"{first.day} {first:%B %Y}",
        "lines": [_line(line, booking) for line in lines],
        "total": _amount(booking.total, booking),
        "fee": _amount(sum(line.fee for line in lines), booking) if any(line.fee for line in lines) else "",
        "taxes": _taxes(lines, booking),
        "kept": _amount(booking.adjustment, booking) if booking.adjustment > 0 else "",
        "is_cancelled": booking.status == Booking.Status.CANCELLED,
        "moved": _moved(statement),
        "balance": _amount(statement.received - statement.refunded, booking),
    }


def _line(line: BookingLine, booking: Booking) -> dict[str, str]:
    return {
        "quantity": str(line.quantity),
        "name": line.ticket_type.name,
        "each": _amount(line.unit_price, booking),
        "discount": f"−{_amount(line.discount, booking)}" if line.discount else "",
        "rate": money.percent_words(line.tax_rate),
        "total": _amount(line.total, booking),
    }


def _taxes(lines: list[BookingLine], booking: Booking) -> list[Taxed]:
    """By rate, the lowest first; none where nothing is taxed."""
    if not any(line.tax for line in lines):
        return []
    rates: dict[Decimal, tuple[int, int]] = {}
    for line in lines:
        gross, tax = rates.get(line.tax_rate, (0, 0))
        rates[line.tax_rate] = (gross + line.total, tax + line.tax)
    return [
        Taxed(money.percent_words(rate), _amount(gross - tax, booking), _amount(tax, booking), _amount(gross, booking))
        for rate, (gross, tax) in sorted(rates.items())
    ]


def _moved(statement: Statement) -> list[Moved]:
    """In the order in which it happened; what came in at the same moment as something went back came first."""
    zone = statement.booking.event.zone
    methods = {payment.pk: payment.get_method_display() for payment in statement.payments}
    came = [
        (one.at, f"Paid: {methods[one.payment_id].lower()}", money.words(one.amount, one.currency))
        for one in statement.receipts
    ]
    went = [
        (one.created_at, _back(one), f"−{money.words(one.amount, one.payment.currency)}") for one in statement.refunds
    ]
    return [
        Moved(f"{at.astimezone(zone):%d/%m/%Y}", what, amount)
        for at, what, amount in sorted(came + went, key=itemgetter(0))
    ]


def _back(refund: Refund) -> str:
    state = {
        Refund.Status.DONE: "Paid back",
        Refund.Status.FAILED: "Owed back",
    }.get(Refund.Status(refund.status), "On its way back")
    return f"{state}: {refund.get_kind_display().lower()}"


def _amount(minor: int, booking: Booking) -> str:
    """Nothing is '0.00 EUR' here, where 'Free' would be wrong."""
    return money.words(minor, booking.currency) if minor else f"{money.plain(0, booking.currency)} {booking.currency}"
