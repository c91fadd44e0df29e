"""What a worker does when bookings are confirmed."""

from bookings.facts import booking_confirmed
from core.facts import Payload, on_all
from tickets import operations


@on_all(booking_confirmed)
def issue_their_tickets(payloads: list[Payload]) -> None:
    operations.issue_all(booking_ids=[payload["booking_id"] for payload in payloads])
