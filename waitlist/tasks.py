"""What happens to lines by time."""

from celery import shared_task
from django.utils import timezone

from waitlist import operations


@shared_task(name="waitlist.look_at_the_clock")
def look_at_the_clock() -> None:
    """Offers have timers of their own (the fact `offer_due`); this finds what a timer has missed."""
    now = timezone.now()
    operations.lapse_due(now=now)
    operations.end_late(now=now)
