"""What people are told because of the time."""

from celery import shared_task
from django.utils import timezone

from notifications import operations


@shared_task(name="notifications.remind")
def remind() -> None:
    operations.begin_reminders(now=timezone.now())
