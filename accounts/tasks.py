"""What time does to accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import sign_ins


@shared_task(name="accounts.forget_expired_sessions")
def forget_expired_sessions() -> None:
    sign_ins.forget_expired(now=timezone.now())
