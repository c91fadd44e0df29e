"""What happens to bookings by time."""

import structlog
from celery import shared_task
from django.utils import timezone

from bookings import operations

log = structlog.get_logger(__name__)


@shared_task(name="bookings.release_lapsed_holds")
def release_lapsed_holds() -> None:
    operations.release_lapsed(now=timezone.now())


@shared_task(name="bookings.audit_inventory")
def audit_inventory() -> None:
    """Nightly: log whatever does not add up."""
    for discrepancy in operations.audit_inventory():
        log.error("inventory_discrepancy", detail=str(discrepancy))
