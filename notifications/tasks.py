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
