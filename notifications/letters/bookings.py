"""What is said about a booking."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from bookings.models import Booking
from core.moments import in_words
from notifications.letter import Calendar, Letter, Link, letter
from notifications.models import Notice


def bookings(ids: Iterable[UUID]) -> dict[UUID, Booking]:
    """Two statements, however many."""
    return {booking.pk: booking for booking in Booking.objects.with_all().filter(pk__in=list(ids))}


@letter("booking_confirmed", bookings)
def booking_confirmed(notice: Notice, booking: Booking) -> Letter | None:
    """One's tickets."""
    if booking.status != Booking.Status.CONFIRMED:
        return None
    event = booking.event
    when = in_words(event.starts_at.astimezone(event.zone))
    return Letter(
        title=f"Your tickets for {event.title}",
        line=f"{when}. Booking {booking.reference}.",
        link=Link("See your tickets", reverse("tickets:booking", args=[booking.pk])),
        topic=f"booking:{booking.pk}",
        facts=[("When", when), ("Booking", booking.reference), ("Total", booking.total_label)],
        tickets_of=booking.pk,
        calendar=Calendar(booking.pk),
    )
