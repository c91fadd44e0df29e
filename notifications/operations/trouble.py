"""Tell a team's money people that a payment needs their eyes."""

from datetime import datetime
from typing import Any

from accounts.models import Membership
from accounts.permissions import Permission, roles_with
from notifications.models import Notice
from notifications.operations.telling import News, tell
from payments.models import Payment


def tell_of_trouble(*, payment: Payment, key: str, data: dict[str, Any], now: datetime) -> list[Notice]:
    """Once for each occurrence (`key`) to each of them. Needs `booking.event` fetched."""
    booking = payment.booking
    members = Membership.objects.filter(
        team=booking.event.organizer_id, role__in=roles_with(Permission.HANDLE_MONEY)
    ).values_list("user", flat=True)
    told = {**data, "payment": str(payment.pk)}
    news = [
        News("payment_trouble", to=user, key=f"payment_trouble:{key}:{user}", about=booking.pk, data=told)
        for user in members
    ]
    return tell(news, now=now)
