"""What a worker does when an app below has announced something."""

from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed
from bookings import operations
from core.facts import on
from events.facts import event_cancelled


@on(event_cancelled)
def cancel_its_bookings(*, event_id: str) -> None:
    operations.cancel_all(event_id=UUID(event_id), now=timezone.now())


@on(account_closed)
def forget_customer(*, user_id: str) -> None:
    operations.forget_customer(customer_id=UUID(user_id), now=timezone.now())
