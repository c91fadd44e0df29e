"""What happens to payments by time."""

from celery import shared_task
from django.utils import timezone

from payments import operations


@shared_task(name="payments.look_at_the_clock")
def look_at_the_clock() -> None:
    operations.look_at_the_clock(now=timezone.now())
