"""What a worker does when bookings are confirmed, and when a customer has gone."""

from uuid import UUID

from accounts.facts import account_closed
from bookings.facts import booking_confirmed
from core.facts import Payload, on, on_all
from tickets import operations


@on_all(booking_confirmed)
def issue_their_tickets(payloads: list[Payload]) -> None:
    operations.issue_all(booking_ids=[payload["booking_id"] for payload in payloads])


@on(account_closed)
def forget_holders(*, user_id: str, **_: str) -> None:
    operations.forget_holders(customer_id=UUID(user_id))
