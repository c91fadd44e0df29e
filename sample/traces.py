"""What visitors and guests left behind: looks at pages, and at past events who came and paid at the door."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncDate

from accounts.models import User
from analytics.models import Sighting
from analytics.operations import mark_all
from bookings.models import Booking
from events.models import Event
from payments import operations as payments
from tickets import operations as tickets
from tickets.models import Ticket

CAME = 0.85  # of the tickets
LOOKS = 9  # at the page, for each booking
GATE = "Main entrance"
DAYTIME = range(8 * 4, 23 * 4)  # quarters of an hour

ByDay = dict[tuple[UUID, date], int]  # bookings, by event and day of UTC


def let_in(event: Event, by: User) -> None:
    """Of those who had booked, most came, around the time of the start, and paid what they owed."""
    dice = Random(f"doors of {event.slug}")  # noqa: S311  repeatable, not secret
    paid: set[UUID] = set()
    for ticket in Ticket.objects.for_door().filter(booking__event=event).order_by("line_id", "number"):
        if dice.random() >= CAME:
            continue
        at = event.starts_at + timedelta(minutes=round(dice.triangular(-40, 25, -8)))
        booking = ticket.booking
        if booking.total and booking.pk not in paid:
            reference = f"Till {1 + len(paid) % 2}, {len(paid) + 1}"
            payments.take_in(booking_id=booking.pk, amount=booking.total, reference=reference, by=by, now=at)
            paid.add(booking.pk)
        tickets.check_in_ticket(ticket=ticket, by=by, now=at, gate=GATE)


def look_around(events: Iterable[Event], now: datetime) -> None:
    """Views of each page from the day it was announced on, more of them on days on which people booked; and on the last
    two days some who found nothing left."""
    booked = _bookings_by_day()
    seen = [view for event in events if event.published_at for view in _views(event, event.published_at, now, booked)]
    Sighting.objects.bulk_create([*seen, *_refusals(events, now)])
    mark_all()


def _views(event: Event, since: datetime, now: datetime, booked: ByDay) -> Iterable[Sighting]:
    """Those of a day in one quarter of an hour of it."""
    dice = Random(f"looks at {event.slug}")  # noqa: S311  repeatable, not secret
    end = min(now, event.ends_at)
    for days in range((end - since).days + 1):
        day = (since + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        at = day + timedelta(minutes=15 * dice.choice(DAYTIME))
        if since <= at < end:
            because = booked.get((event.pk, day.date()), 0) * dice.uniform(0.5, 1.5) * LOOKS
            yield Sighting(event=event, at=at, what=Sighting.What.VIEW, count=dice.randint(1, 8) + round(because))


def _bookings_by_day() -> ByDay:
    days = Booking.objects.annotate(day=TruncDate("created_at")).values("event", "day").order_by()
    return {(row["event"], row["day"]): row["n"] for row in days.annotate(n=Count("pk"))}


def _refusals(events: Iterable[Event], now: datetime) -> Iterable[Sighting]:
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    for event in Event.objects.filter(pk__in=[event.pk for event in events], line__isnull=False).distinct():
        dice = Random(f"too late for {event.slug}")  # noqa: S311  repeatable, not secret
        [ticket_type, *_] = event.types_for_sale()
        for hours in (3, 9, 27, 34):
            yield Sighting(
                event=event,
                at=quarter - timedelta(hours=hours),
                what=Sighting.What.REFUSED,
                part=str(ticket_type.pk),
                count=dice.randint(1, 6),
            )
