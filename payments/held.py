"""What this app holds about a person. What banks and card providers know of them is not here."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from core.held import Row, holds
from payments.models import Payment, Receipt, Refund


@holds("payments", "What you have paid, in the smallest units of the currencies")
def payments(user_id: UUID) -> Iterable[Row]:
    fields = ("method", "status", "amount", "received", "refunded", "currency", "created_at", "paid_at", "ended_at")
    theirs = Payment.objects.filter(booking__customer=user_id).order_by("created_at")
    return theirs.values(*fields, booking_reference=F("booking__reference")).iterator()


@holds("money-received", "Money that was booked in for you")
def receipts(user_id: UUID) -> Iterable[Row]:
    theirs = Receipt.objects.filter(payment__booking__customer=user_id).order_by("at")
    named = {"booking_reference": F("payment__booking__reference")}
    return theirs.values("at", "dated", "amount", "currency", "reference", "note", **named).iterator()


@holds("refunds", "What you were paid back")
def refunds(user_id: UUID) -> Iterable[Row]:
    theirs = Refund.objects.filter(payment__booking__customer=user_id).order_by("created_at")
    named = {"booking_reference": F("payment__booking__reference"), "currency": F("payment__currency")}
    return theirs.values("amount", "status", "kind", "reason", "created_at", "done_at", **named).iterator()
