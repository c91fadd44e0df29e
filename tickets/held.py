"""What this app holds about a person."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from core.held import Row, holds
from tickets.models import Scan, Ticket


@holds("tickets", "Your tickets, and when they were shown at a door")
def tickets(user_id: UUID) -> Iterable[Row]:
    theirs = Ticket.objects.filter(booking__customer=user_id).order_by("issued_at", "number")
    named = {"reference": F("booking__reference"), "event_title": F("booking__event__title")}
    return theirs.values("code", "number", "holder_name", "issued_at", "checked_in_at", "gate", **named).iterator()


@holds("scans", "Tickets that you have looked at as door staff")
def scans(user_id: UUID) -> Iterable[Row]:
    by_them = Scan.objects.filter(by=user_id).order_by("at")
    return by_them.values("at", "result", "gate", event_title=F("event__title")).iterator()
