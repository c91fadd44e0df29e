"""What people are told because of the time."""

from celery import shared_task
from django.utils import timezone

from notifications import operations


@shared_task(name="notifications.remind")
def remind() -> None:
    operations.begin_reminders(now=timezone.now())


@shared_task(name="notifications.forget_old")
def forget_old() -> None:
    """Nightly: notices of long ago."""
    operations.forget_old(now=timezone.now())


@shared_task(name="notifications.look_at_the_clock")
def look_at_the_clock() -> None:
    """Baskets, transfers and offers that are about to lapse."""
    now = timezone.now()
    operations.tell_of_ending_holds(now=now)
    operations.tell_of_ending_transfers(now=now)
    operations.tell_of_ending_offers(now=now)


@shared_task(name="notifications.announce_summaries")
def announce_summaries() -> None:
    """It is always morning somewhere."""
    operations.announce_summaries(now=timezone.now())
