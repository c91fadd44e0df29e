"""What the bookings app announces."""

from bookings.models import Booking
from core.facts import fact


def of_a_rehearsal(*, booking_id: str) -> bool:
    """Whether nothing may follow from a booking: no ticket, no mail. True as well once it has been swept away."""
    return not Booking.objects.filter(pk=booking_id, event__rehearsal=False).exists()


booking_confirmed = fact("booking_confirmed", muted=of_a_rehearsal)
booking_cancelled = fact("booking_cancelled", muted=of_a_rehearsal)
more_to_cancel = fact("more_to_cancel")
