"""What is told when something happened below, and the sending of it."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from bookings.facts import booking_confirmed
from bookings.models import Booking
from core.facts import Payload, on, on_all, on_dead
from events.facts import event_cancelled, event_changed
from notifications import operations
from notifications.facts import bulk_letter_due, letter_due, mailing_due
from notifications.operations import News


@on_all(booking_confirmed)
def tell_of_their_tickets(payloads: list[Payload]) -> None:
    booked = Booking.objects.filter(pk__in=[payload["booking_id"] for payload in payloads])
    operations.tell(
        [
            News(
                "booking_confirmed",
                to=one.customer_id,
                key=f"booking_confirmed:{one.pk}",
                about=one.pk,
                email=one.email,
            )
            for one in booked
        ],
        now=timezone.now(),
    )


@on(letter_due)
@on(bulk_letter_due)
def deliver(*, delivery_id: str) -> None:
    operations.deliver(delivery_id=UUID(delivery_id))


@on_dead(letter_due)
@on_dead(bulk_letter_due)
def give_up(payload: Payload, error: str) -> None:
    operations.give_up(delivery_id=UUID(payload["delivery_id"]), error=error)


@on(event_changed)
def gather(*, event_id: str, at: str, before: dict[str, str], after: dict[str, str]) -> None:
    moment = datetime.fromisoformat(at)
    operations.gather_change(event_id=UUID(event_id), at=moment, before=before, after=after, now=timezone.now())


@on(event_cancelled)
def say_nothing_else(*, event_id: str) -> None:
    operations.call_off(event_id=UUID(event_id), now=timezone.now())


@on(mailing_due)
def go_on(*, mailing_id: str) -> None:
    operations.work_off(mailing_id=UUID(mailing_id), now=timezone.now())
