"""What happens to payments by time."""

import structlog
from celery import shared_task
from django.utils import timezone

from payments import operations

log = structlog.get_logger(__name__)


@shared_task(name="payments.look_at_the_clock")
def look_at_the_clock() -> None:
    operations.look_at_the_clock(now=timezone.now())


@shared_task(name="payments.audit_money")
def audit_money() -> None:
    """Nightly: log whatever does not add up."""
    for sentence in operations.audit_money(now=timezone.now()):
        log.error("money_discrepancy", detail=sentence)
