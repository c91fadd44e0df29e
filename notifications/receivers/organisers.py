"""What those who run events are told."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from bookings.facts import booking_confirmed
from core.facts import Payload, on, on_all
from notifications import operations
from notifications.facts import summary_due


@on_all(booking_confirmed)
def look_whether_it_is_sold_out(payloads: list[Payload]) -> None:
    operations.tell_of_sold_out(booking_ids=[UUID(payload["booking_id"]) for payload in payloads], now=timezone.now())


@on(summary_due)
def summarise(*, team_id: str, zone: str, day: str) -> None:
    operations.summarise(team_id=UUID(team_id), zone=zone, day=date.fromisoformat(day), now=timezone.now())
