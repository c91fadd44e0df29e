"""A booking as the API shows it: the same wherever it is asked for. bookings.serializers.BookingOut describes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bookings.models import Booking, BookingLine
from bookings.operations.offers import event_document
from bookings.operations.orders import Order
from bookings.operations.plan import Line
from bookings.policy import refund_if_cancelled, refund_steps_of
from core import money
from core.rest.fields import write_moment
from events.policy import Step


def booking_document(booking: Booking | Order, now: datetime) -> dict[str, Any]:
    """A booking fetched `with_all`, or an order that has become one; asks the database nothing."""
    lines: Iterable[BookingLine | Line] = booking.lines if isinstance(booking, Order) else booking.lines.all()
    event = booking.event
    path = f"/api/bookings/{booking.pk}"
    confirmed = booking.status == Booking.Status.CONFIRMED
    return {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": booking.status,
        "event": booking.plan.offer.document if isinstance(booking, Order) else event_document(event),
        "online_url": (event.online_url or None) if confirmed else None,
        "items": [_item(line, booking.currency) for line in lines],
        "quantity": booking.quantity,
        "code": booking.promo_code.code if booking.promo_code else None,
        "total": money.plain(booking.total, booking.currency),
        "currency": booking.currency,
        "paid_by": booking.paid_by or None,
        "name": booking.name,
        "email": booking.email,
        "hold_expires_at": booking.hold_expires_at and write_moment(booking.hold_expires_at),
        "created_at": write_moment(booking.created_at),
        "cancellable_until": write_moment(booking.cancellable_until),
        "refund_policy": [_step(step, booking.currency) for step in refund_steps_of(booking)],
        "refund_if_cancelled": money.plain(refund_if_cancelled(booking, now), booking.currency),
        "links": {
            "self": path,
            "event": f"/api/events/{event.pk}",
            "tickets": f"/api/tickets/{booking.pk}/download" if confirmed else None,
            "cancel": path if booking.is_cancellable(now) else None,
            "pay": f"{path}/pay" if booking.status == Booking.Status.PENDING else None,
            "payments": f"{path}/payments",
            "extend": f"{path}/extend" if booking.more_minutes(now) else None,
        },
    }


def _step(step: Step, currency: str) -> dict[str, Any]:
    return {"until": write_moment(step.until), "percent": step.percent, "amount": money.plain(step.amount, currency)}


def _item(line: BookingLine | Line, currency: str) -> dict[str, Any]:
    return {
        "ticket_type": str(line.ticket_type.pk),
        "name": line.ticket_type.name,
        "quantity": line.quantity,
        "numbers": line.numbers,
        "unit_price": money.plain(line.unit_price, currency),
        "subtotal": money.plain(line.subtotal, currency),
        "discount": money.plain(line.discount, currency),
        "total": money.plain(line.total, currency),
        "tax_rate": money.plain_percent(line.tax_rate),
        "tax": money.plain(line.tax, currency),
        "fee": money.plain(line.fee, currency),
    }
