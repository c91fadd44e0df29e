"""What pages of apps below may say about the money of the visitor's own bookings."""

from typing import Any

from django import template

from bookings.models import Booking
from events.models import PaymentMethod
from payments.models import Payment, Refund, Rescue
from payments.statements import Statement, refund_in_words, statement_of

register = template.Library()


@register.simple_tag
def money_of(booking: Booking) -> Statement:
    """What came in for a booking and what went back. No query for a free one, else four at the most."""
    return statement_of(booking)


@register.simple_tag(takes_context=True)
def my_money(context) -> dict[str, Any]:
    """What the visitor waits for: `transfers` under way (`transferring`: their bookings' ids), and `choices` about
    money that came too late. Two queries."""
    user = context["request"].user
    transfers = Payment.objects.of(user).under_way().filter(method=PaymentMethod.TRANSFER)
    waiting = transfers.filter(booking__status=Booking.Status.PENDING).select_related("booking__event")
    choices = Rescue.objects.open().filter(booking__customer=user).select_related("booking__event")
    found = list(waiting.order_by("booking__hold_expires_at", "id"))
    return {
        "transfers": found,
        "transferring": {payment.booking_id for payment in found},
        "choices": list(choices.order_by("decide_by")),
    }


@register.filter
def in_words(refund: Refund) -> str:
    """What becomes of a refund, as a sentence."""
    return refund_in_words(refund)
