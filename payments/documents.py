"""Payments as the API shows them. payments.serializers describes what is made here."""

from typing import Any

from bookings.models import Booking
from core import money
from core.rest.fields import write_moment
from events.models import PaymentMethod
from payments.models import Payment, Refund, Rescue
from payments.statements import Statement
from payments.transfers import instructions


def payment_document(payment: Payment, booking: Booking) -> dict[str, Any]:
    """One payment; its refunds are asked for unless they were fetched. Needs `account` fetched."""
    payment.booking = booking
    waits = payment.is_under_way() and booking.status == Booking.Status.PENDING
    return {
        "id": str(payment.pk),
        "booking": _booking(booking),
        "method": payment.method,
        "status": payment.status,
        "amount": money.plain(payment.amount, payment.currency),
        "received": money.plain(payment.received, payment.currency),
        "refunded": money.plain(payment.refunded, payment.currency),
        "currency": payment.currency,
        "url": (payment.url or None) if waits else None,
        "instructions": _instructions(payment) if waits and payment.method == PaymentMethod.TRANSFER else None,
        "expires_at": booking.hold_expires_at and write_moment(booking.hold_expires_at) if waits else None,
        "note": payment.note,
        "created_at": write_moment(payment.created_at),
    }


def without_payment(booking: Booking) -> dict[str, Any]:
    """A booking that was finished without one: it is free, or paid at the door."""
    return {
        "id": None,
        "booking": _booking(booking),
        "method": PaymentMethod.DOOR if booking.total else None,
        "status": Payment.Status.OPEN if booking.total else Payment.Status.PAID,
        "amount": money.plain(booking.total, booking.currency),
        "received": money.plain(0, booking.currency),
        "refunded": money.plain(0, booking.currency),
        "currency": booking.currency,
        "url": None,
        "instructions": None,
        "expires_at": None,
        "note": "",
        "created_at": booking.confirmed_at and write_moment(booking.confirmed_at),
    }


def statement_document(statement: Statement) -> dict[str, Any]:
    """All about the money of a booking."""
    booking, path = statement.booking, f"/api/bookings/{statement.booking.pk}"
    return {
        "booking": _booking(booking),
        "standing": statement.standing,
        "total": money.plain(booking.total, booking.currency),
        "received": money.plain(statement.received, booking.currency),
        "refunded": money.plain(statement.refunded, booking.currency),
        "currency": booking.currency,
        "payments": [payment_document(payment, booking) for payment in statement.payments],
        "refunds": [_refund(refund) for refund in statement.refunds],
        "late": _late(statement.rescue) if statement.rescue else None,
        "links": {"receipt": f"{path}/receipt" if statement.receipts else None},
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": booking.status,
        "paid_by": booking.paid_by or None,
        "self": f"/api/bookings/{booking.pk}",
    }


def _instructions(payment: Payment) -> dict[str, Any] | None:
    bank = instructions(payment)
    if bank is None:
        return None
    return {
        "holder": bank.holder,
        "account": bank.account,
        "bank_code": bank.bank_code,
        "bank": bank.bank,
        "amount": bank.amount_plain,
        "currency": bank.currency,
        "reference": bank.reference,
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "id": str(refund.pk),
        "amount": money.plain(refund.amount, refund.payment.currency),
        "currency": refund.payment.currency,
        "status": refund.status,
        "kind": refund.kind,
        "reason": refund.reason,
        "created_at": write_moment(refund.created_at),
        "done_at": refund.done_at and write_moment(refund.done_at),
    }


def _late(rescue: Rescue) -> dict[str, Any]:
    asked = rescue.status == Rescue.Status.ASKED
    return {
        "status": rescue.status,
        "decide_by": write_moment(rescue.decide_by),
        "choices": ["line", "refund"] if asked else ["refund"] if rescue.is_open() else [],
    }
