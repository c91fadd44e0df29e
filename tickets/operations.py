"""Issue tickets."""

from uuid import UUID

from bookings.models import Booking
from tickets.models import Ticket


def issue(*, booking_id: UUID | str) -> None:
    """Write one ticket per seat of a confirmed booking. Any number of calls leave the same tickets."""
    booking = Booking.objects.confirmed().with_all().filter(pk=booking_id).first()
    if booking is None:
        return
    Ticket.objects.bulk_create(
        [
            Ticket(booking=booking, line=line, number=number, holder_name=booking.holder)
            for line in booking.lines.all()
            for number in range(1, line.quantity + 1)
        ],
        ignore_conflicts=True,
    )
