"""Figures follow the rows by time."""

import structlog
from celery import shared_task
from django.utils import timezone

from analytics import operations

log = structlog.get_logger(__name__)


@shared_task(name="analytics.follow")
def follow() -> None:
    """Bring counts from Redis, and count anew what has become stale. Any number may run at once; one at a time does."""
    operations.bring(now=timezone.now())
    operations.sweep_all()


@shared_task(name="analytics.audit")
def audit() -> None:
    """Nightly: log whatever is not what its rows say."""
    operations.sweep_all()
    for difference in operations.audit():
        log.error("figures_discrepancy", detail=str(difference))
