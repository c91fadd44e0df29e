"""When people came: tickets checked in on the days of an event, by quarters of an hour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.figures.period import midnight
from analytics.models import Level, Slot, Span
from events.models import Event

EARLY = timedelta(hours=6)  # before the start: doors of what begins after midnight open the day before
MOST_STEPS = 120  # drawn


@dataclass(frozen=True)
class Arrived:
    """How many tickets were checked in from `at` on, until the next."""

    at: datetime
    count: int


def arrivals_of(event: Event) -> list[Arrived]:
    """The quarters of an hour in which somebody came, from the midnight before the event to the one after it, in its
    zone. One statement."""
    first = midnight((event.starts_at - EARLY).astimezone(event.zone).date(), event.zone)
    last = midnight(event.local_end.date() + timedelta(days=1), event.zone)
    slots = Slot.objects.filter(level=Level.EVENT, scope=event.pk, span=Span.QUARTER, part="", arrived__gt=0)
    found = slots.filter(at__gte=first, at__lt=last).order_by("at").values_list("at", "arrived")
    return [Arrived(at, count) for at, count in found]


def in_steps(arrivals: Sequence[Arrived], zone: ZoneInfo) -> tuple[Span, list[Arrived]]:
    """From the first to the last, with steps in which nobody came: quarters of an hour; where these would be too many
    to draw, hours or days. Moments of what is found are in the zone."""
    if not arrivals:
        return Span.QUARTER, []
    length = arrivals[-1].at - arrivals[0].at
    span = next((one for one in (Span.QUARTER, Span.HOUR) if length < MOST_STEPS * one.length), Span.DAY)
    start = midnight(arrivals[0].at.astimezone(zone).date(), zone)
    counts: Counter[datetime] = Counter()
    for one in arrivals:
        counts[_begins(one.at, span, start, zone)] += one.count
    steps, at = [], min(counts)
    while at <= max(counts):
        steps.append(Arrived(at.astimezone(zone), counts[at]))
        # From somewhere in the next step to its beginning: a day may have 25 hours.
        at = _begins(at + span.length + timedelta(hours=2 if span == Span.DAY else 0), span, start, zone)
    return span, steps


def _begins(moment: datetime, span: Span, start: datetime, zone: ZoneInfo) -> datetime:
    """When the step begins that a moment lies in; hours go by the first midnight, wherever UTC's are."""
    if span == Span.DAY:
        return midnight(moment.astimezone(zone).date(), zone)
    return start + (moment - start) // span.length * span.length
