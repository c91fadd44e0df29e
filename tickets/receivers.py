"""What a worker does when a booking is confirmed."""

from bookings.facts import booking_confirmed
from core.facts import on
from tickets import operations


@on(booking_confirmed)
def issue_its_tickets(*, booking_id: str) -> None:
    operations.issue(booking_id=booking_id)
