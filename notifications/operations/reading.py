"""Notices that are read, and old ones that are forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core.live import marks as live
from notifications.models import Choice, Delivery, Notice, QuietHours
from outbox.operations import erase

KEEP_READ = timedelta(days=365)
KEEP_UNREAD = timedelta(days=730)
TOGETHER = 1000


@transaction.atomic
def mark_read(*, notice: Notice, now: datetime) -> bool:
    """False when it was read before."""
    return _say(notice, Notice.objects.in_bell().filter(pk=notice.pk, read_at__isnull=True).update(read_at=now))


@transaction.atomic
def mark_unread(*, notice: Notice) -> bool:
    """For later. False when it was unread anyhow."""
    return _say(notice, Notice.objects.in_bell().filter(pk=notice.pk, read_at__isnull=False).update(read_at=None))


@transaction.atomic
def mark_all_read(*, user: User, now: datetime, until: Notice | None = None) -> int:
    """All that somebody has not read; with `until` those that are no newer, as others came after they last looked.

    Returns how many.
    """
    unread = Notice.objects.of(user).unread()
    if until:
        unread = unread.not_newer_than(until)
    # Locked in one order: another tab may do the same.
    ids = list(unread.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if ids:
        Notice.objects.filter(pk__in=ids).update(read_at=now)
        live.tell(user.pk, "notice", ids[-1])
    return len(ids)


def forget_old(*, now: datetime, limit: int = TOGETHER) -> int:
    """Forget notices of long ago, and how they were delivered, so many in a transaction. Returns how many.

    A year is kept of what was read or never stood in the bell, two of what nobody has read.
    """
    done = Q(read_at__isnull=False) | Q(in_bell=False)
    old = Notice.objects.filter(Q(created_at__lt=now - KEEP_UNREAD) | done & Q(created_at__lt=now - KEEP_READ))
    forgotten = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:limit]):
        forgotten += Notice.objects.filter(pk__in=ids).delete()[1]["notifications.Notice"]
    return forgotten


@transaction.atomic
def forget_person(*, user_id: UUID, email: str) -> None:
    """Nobody needs to know any more what somebody was told who has closed their account, at which address, nor what
    they wanted to hear."""
    told = Notice.objects.filter(recipient=user_id) | Notice.objects.filter(
        recipient=None, pk__in=Delivery.objects.filter(address__iexact=email).values("notice")
    )
    letters = Delivery.objects.filter(notice__in=told).values_list("pk", flat=True)
    erase(Q(payload__delivery_id__in=[str(pk) for pk in letters]))
    told.delete()
    Delivery.objects.filter(address__iexact=email).update(address="")
    Choice.objects.filter(user=user_id).delete()
    QuietHours.objects.filter(user=user_id).delete()


def _say(notice: Notice, changed: int) -> bool:
    """In all tabs, the number on the bell is another one."""
    if changed and notice.recipient_id:
        live.tell(notice.recipient_id, "notice", notice.pk)
    return changed == 1
