"""What a customer is asked to pay, as Stripe wants it said."""

from datetime import timedelta

from django.conf import settings
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsPaymentIntentData,
)

from bookings.models import BookingLine
from payments.models import Payment
from payments.providers.protocol import ProviderRefused
from payments.providers.stripe.amounts import to_stripe

# A session ends by itself, should we never come to end it. Half an hour is the least that Stripe takes, and what is
# said again later must still be within it.
LONGEST = timedelta(hours=2)
MOST_LINES, LONGEST_NAME, LONGEST_STATEMENT = 100, 120, 22
NOT_IN_STATEMENTS = str.maketrans("", "", "<>\\'\"*")


def wanted(payment: Payment, *, success_url: str, cancel_url: str) -> SessionCreateParams:
    """The parameters of a Checkout Session: the same each time, as long as nothing of the booking is edited."""
    booking, named = payment.booking, {"payment": str(payment.pk)}
    intent: SessionCreateParamsPaymentIntentData = {
        "description": f"{booking.event.title}, {booking.reference}",
        "metadata": named,
    }
    if statement := _statement(payment):
        intent["statement_descriptor_suffix"] = statement
    order: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "submit_type": "book",
        "line_items": _items(payment),
        "client_reference_id": str(payment.pk),
        "metadata": named,
        "payment_intent_data": intent,
        "expires_at": int((payment.created_at + LONGEST).timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if booking.contact_email.isascii():
        order["customer_email"] = booking.contact_email
    return order


def _items(payment: Payment) -> list[SessionCreateParamsLineItem]:
    """The booking's lines, if they add up to what is to be paid; else one for all of it."""
    lines = list(payment.booking.lines.select_related("ticket_type").order_by("pk"))
    if len(lines) <= MOST_LINES and sum(line.total for line in lines) == payment.amount:
        try:
            return [_line(line, payment.currency) for line in lines if line.total]
        except ProviderRefused:  # some of them are too fine for Stripe; their sum may not be
            pass
    return [_item(payment.booking.event.title, 1, payment.amount, payment.currency)]


def _line(line: BookingLine, currency: str) -> SessionCreateParamsLineItem:
    name = line.ticket_type.name
    if line.each * line.quantity == line.total:
        return _item(name, line.quantity, line.each, currency)
    return _item(f"{line.quantity} × {name}", 1, line.total, currency)


def _item(name: str, quantity: int, each: int, currency: str) -> SessionCreateParamsLineItem:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": to_stripe(each, currency),
            "product_data": {"name": name[:LONGEST_NAME]},
        },
    }


def _statement(payment: Payment) -> str:
    """What card statements say: Latin letters, of which there must be one, and nothing that Stripe refuses."""
    given = payment.account.statement if payment.account else settings.STRIPE_STATEMENT
    plain = given.encode("ascii", "ignore").decode().translate(NOT_IN_STATEMENTS)
    shown = " ".join(plain.split())[:LONGEST_STATEMENT].strip()
    return shown if any(letter.isalpha() for letter in shown) else ""
