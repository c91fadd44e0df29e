"""What this app holds about a person."""

from collections.abc import Iterable
from uuid import UUID

from core.held import Row, holds
from notifications.models import Choice, Delivery, Device, Notice, QuietHours


@holds("notifications", "What you were told")
def notices(user_id: UUID) -> Iterable[Row]:
    theirs = Notice.objects.filter(recipient=user_id).order_by("created_at")
    return theirs.values("created_at", "kind", "title", "line", "url", "read_at").iterator()


@holds("messages-sent", "By which way you were told it")
def deliveries(user_id: UUID) -> Iterable[Row]:
    theirs = Delivery.objects.filter(notice__recipient=user_id).order_by("created_at")
    return theirs.values("created_at", "channel", "address", "status", "sent_at").iterator()


@holds("devices", "Devices that are sent messages")
def devices(user_id: UUID) -> Iterable[Row]:
    return (
        Device.objects.filter(user=user_id)
        .order_by("created_at")
        .values("label", "endpoint", "created_at", "reached_at")
    )


@holds("preferences", "What you want to hear, and by which way")
def choices(user_id: UUID) -> Iterable[Row]:
    return Choice.objects.filter(user=user_id).order_by("kind", "channel").values("kind", "channel", "wanted")


@holds("quiet-hours", "When you want to be left alone")
def quiet_hours(user_id: UUID) -> Iterable[Row]:
    return QuietHours.objects.filter(user=user_id).values("begin", "until", "zone")
