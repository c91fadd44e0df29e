"""What the bookings app announces."""

from bookings.models import Booking
from core.facts import Payload, fact


def of_rehearsals(payloads: list[Payload]) -> list[bool]:
    """For each, whether nothing may follow from its booking: no ticket, no mail. True as well once it has been swept
    away."""
    ids = [payload["booking_id"] for payload in payloads]
    real = Booking.objects.filter(pk__in=ids, event__rehearsal=False).values_list("pk", flat=True)
    found = {str(pk) for pk in real}
    return [pk not in found for pk in ids]


booking_confirmed = fact("booking_confirmed", together=True, muted=of_rehearsals)
# `how`: by the customer, by staff, or because its event does not take place: "customer", "staff" or "event".
booking_cancelled = fact("booking_cancelled", together=True, muted=of_rehearsals)
# Some tickets of a booking, not all: `quantity` says how many, `how` as above.
seats_cancelled = fact("seats_cancelled", together=True, muted=of_rehearsals)
more_to_cancel = fact("more_to_cancel")
