"""What a worker does when an app below has announced something."""

from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed
from bookings import operations
from bookings.facts import more_to_cancel
from core.facts import on
from events.facts import event_cancelled
from outbox.operations import announce


@on(event_cancelled)
@on(more_to_cancel)
def cancel_its_bookings(*, event_id: str) -> None:
    """Some at a time: a full stadium in one transaction would outlast the lease."""
    if operations.cancel_some(event_id=UUID(event_id), now=timezone.now()):
        announce(more_to_cancel, event_id=event_id)


@on(account_closed)
def forget_customer(*, user_id: str) -> None:
    operations.forget_customer(customer_id=UUID(user_id), now=timezone.now())
