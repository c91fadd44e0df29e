"""Do one thing to many bookings: a few at once, thousands by a worker, some at a time.

What was chosen is written down when it begins. Some items are done and marked in one transaction: whatever stops it,
each booking is done once, and the next transaction begins where the last has ended.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from accounts.models import User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from bookings.models import Booking
from core.errors import DomainError, Invalid
from events.models import Event
from guests.errors import GuestsChanged, JobOver
from guests.facts import job_due
from guests.models import LONGEST_WHICH, Item, Job
from guests.operations.acts import ACTS
from outbox.operations import announce

log = structlog.get_logger(__name__)

DIRECTLY = 25  # so many are done while somebody waits
TOGETHER = 20  # in one transaction: for some tenths of a second the event's other bookings wait
WHAT = {
    Job.Kind.CANCEL: What.BOOKINGS_CANCELLED,
    Job.Kind.RESEND: What.TICKETS_RESENT,
    Job.Kind.CHECK_IN: What.CHECKED_IN,
}
BROKEN = "Something broke on our side. It stands in the log; try this one again."


@dataclass(frozen=True)
class Act:
    """What is to be done. `refund` and `reason` are for cancelling."""

    kind: str
    refund: str = ""
    reason: str = ""

    @property
    def needs(self) -> list[Permission]:
        """What one must be allowed to."""
        money = [Permission.HANDLE_MONEY] if self.kind == Job.Kind.CANCEL else []
        return [Permission.EDIT_EVENTS, *money]


@transaction.atomic
def begin(
    *,
    event: Event,
    act: Act,
    bookings: QuerySet[Booking],
    which: str,
    by: User,
    now: datetime,
    expected: int | None = None,
) -> Job:
    """Do it to these bookings of the event: at once where they are few, else by a worker.

    Raises NotAllowed, Invalid for none of them, or GuestsChanged when they are not as many as were `expected`.
    """
    for permission in act.needs:
        require(by, permission, event.organizer_id)
    job = Job.objects.create(
        event=event,
        kind=act.kind,
        refund=act.refund,
        reason=act.reason,
        which=which[:LONGEST_WHICH],
        by=by,
        created_at=now,
    )
    job.size = _choose(job, bookings.filter(event=event))
    if not job.size:
        raise Invalid({"guests": ["Choose at least one guest."]})
    if expected is not None and job.size != expected:
        raise GuestsChanged(f"These are {job.size:,} bookings now. Please look again.", count=job.size)
    job.save(update_fields=["size"])
    _record(job, by, now)
    if job.size > DIRECTLY:
        announce(job_due, job_id=job.pk)
    else:
        while job.is_moving:
            job = work_off(job_id=job.pk, now=now)
    return job


@transaction.atomic
def work_off(*, job_id: UUID, now: datetime) -> Job:
    """Do the next few, and have the rest done by another message."""
    job = Job.objects.select_for_update(of=("self",)).select_related("event__organizer", "by").get(pk=job_id)
    if job.finished_at:
        return job
    some = [] if job.stopped_at or job.by is None else list(job.items.waiting().order_by("booking")[:TOGETHER])
    _do(job, some, now)
    if len(some) == TOGETHER:
        announce(job_due, dedupe_key=f"job:{job.pk}:{some[-1].booking_id}", job_id=job.pk)
    else:
        job.finished_at = now
        job.save(update_fields=["finished_at"])
    return job


@transaction.atomic
def stop(*, job: Job, by: User, now: datetime) -> Job:
    """Leave what is not done yet as it is. Raises NotAllowed, or JobOver."""
    require(by, Permission.EDIT_EVENTS, job.event.organizer_id)
    if not Job.objects.filter(pk=job.pk, finished_at=None).update(stopped_at=now, finished_at=now):
        raise JobOver("It was done before it could be stopped.")
    job.stopped_at = job.finished_at = now
    return job


def _choose(job: Job, bookings: QuerySet[Booking]) -> int:
    """Write down which bookings, by one statement, however many. Returns how many."""
    chosen, values = bookings.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO guests_item (job_id, booking_id) SELECT %s, chosen.id FROM ({chosen}) AS chosen (id)",  # noqa: S608  Django's own SQL, with its parameters apart
            [job.pk, *values],
        )
        return cursor.rowcount


def _do(job: Job, some: list[Item], now: datetime) -> None:
    """All their bookings are locked before the first inventory is, as everywhere."""
    ids = [item.booking_id for item in some]
    locked = Booking.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).select_related("event")
    bookings = {booking.pk: booking for booking in locked}
    for item in some:
        item.why = _why_not(job, bookings[item.booking_id], now)
        item.state, item.done_at = (Item.State.FAILED if item.why else Item.State.DONE), now
    Item.objects.bulk_update(some, ["state", "why", "done_at"])


def _why_not(job: Job, booking: Booking, now: datetime) -> str:
    """Do it to one; what it was refused with, if it was. Whatever fails takes only itself back."""
    try:
        with transaction.atomic():
            ACTS[Job.Kind(job.kind)](job, booking, now)
    except DomainError as refusal:
        return str(refusal)[:300]
    except OperationalError:
        raise  # the database's trouble is not this booking's: all of them are tried again
    except Exception:
        log.exception("job_item_failed", job_id=str(job.pk), booking_id=str(booking.pk))
        return BROKEN
    return ""


def _record(job: Job, by: User, now: datetime) -> None:
    refund = {"Refund": job.get_refund_display()} if job.refund else {}
    trail.record(
        team_id=job.event.organizer_id,
        event_id=job.event_id,
        by=by,
        what=WHAT[Job.Kind(job.kind)],
        subject=job,
        label=f"{job.size:,} booking{'' if job.size == 1 else 's'}",
        new={"Guests": job.which, **refund, **({"Why": job.reason} if job.reason else {})},
        now=now,
    )
