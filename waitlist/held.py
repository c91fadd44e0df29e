"""What this app holds about a person."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from core.held import Row, holds
from waitlist.models import Entry


@holds("waitlist", "Lines that you have stood in")
def places(user_id: UUID) -> Iterable[Row]:
    fields = ("quantity", "status", "joined_at", "offered_at", "offer_expires_at", "ended_at")
    theirs = Entry.objects.filter(customer=user_id).order_by("joined_at")
    return theirs.values(*fields, event_title=F("event__title")).iterator()
