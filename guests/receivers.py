"""What a worker does for an event's team."""

from uuid import UUID

from django.utils import timezone

from core.facts import on
from guests import operations
from guests.facts import job_due


@on(job_due)
def go_on(*, job_id: str) -> None:
    operations.work_off(job_id=UUID(job_id), now=timezone.now())
