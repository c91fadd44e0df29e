"""What the line does when the event's terms change, and what a worker does when something was announced."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed
from core.facts import on
from events.facts import event_cancelled
from events.seats import on_new_terms
from waitlist import operations
from waitlist.facts import offer_due
from waitlist.models import Entry


@on_new_terms
def settle(event_id: UUID, at: datetime) -> None:
    operations.settle(event_id=event_id, now=at)


@on(event_cancelled)
def end_its_line(*, event_id: str) -> None:
    operations.end_line(event_id=UUID(event_id), now=timezone.now())


@on(offer_due)
def lapse(*, entry_id: str) -> None:
    if entry := Entry.objects.filter(pk=entry_id).first():
        operations.lapse(entry=entry, now=timezone.now())


@on(account_closed)
def forget_customer(*, user_id: str, **_: str) -> None:
    operations.forget_customer(customer_id=UUID(user_id), now=timezone.now())
