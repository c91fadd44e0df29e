"""What this app holds about a person."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from bookings.models import Booking, BookingLine
from core.held import Row, holds


@holds("bookings", "What you have booked")
def bookings(user_id: UUID) -> Iterable[Row]:
    fields = (
        "reference",
        "status",
        "name",
        "email",
        "quantity",
        "total",
        "adjustment",
        "currency",
        "paid_by",
        "source",
    )
    moments = ("created_at", "confirmed_at", "ended_at")
    theirs = Booking.objects.filter(customer=user_id).order_by("created_at")
    named = {"event_title": F("event__title"), "event_starts_at": F("event__starts_at")}
    return theirs.values(*fields, *moments, **named).iterator()


@holds("booking-lines", "Your bookings, line by line, in the smallest units of their currencies")
def lines(user_id: UUID) -> Iterable[Row]:
    theirs = BookingLine.objects.filter(booking__customer=user_id).order_by("booking__created_at", "pk")
    named = {"reference": F("booking__reference"), "ticket": F("ticket_type__name")}
    return theirs.values("quantity", "unit_price", "discount", "fee", "tax", "tax_rate", **named).iterator()
