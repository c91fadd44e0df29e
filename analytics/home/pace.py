"""How fast events sell against their capacity and the days that are left: a sentence, and a small picture of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from analytics.figures.wording import count
from analytics.models import Level, Slot, Span
from events.models import Event

WIDTH, HEIGHT = 300, 60
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Pace:
    """An event on sale. `points`: the line of what was sold, as SVG has it; None where its sale has no length yet."""

    event: Event
    sold: int
    capacity: int
    days_left: int
    week: int
    points: str
    now_x: float

    @property
    def sentence(self) -> str:
        """'46 of 100 sold, 12 days to go; 8 in the last 7 days: at this pace 60 by the start.'"""
        left = "it has begun" if self.days_left < 0 else "it is today" if self.days_left == 0 else ""
        left = left or f"{count(self.days_left, 'day')} to go"
        return f"{self.sold:,} of {self.capacity:,} sold, {left}; {self._week()}."

    def _week(self) -> str:
        if self.sold >= self.capacity:
            return "nothing is left"
        if self.week <= 0:
            return "none in the last 7 days"
        words = f"{self.week:,} in the last 7 days"
        return f"{words}: {self._forecast()}" if self.days_left > 0 else words

    def _forecast(self) -> str:
        """What the last week, repeated, would come to."""
        expected = self.sold + self.week * self.days_left // 7
        if expected >= self.capacity:
            until = 7 * (self.capacity - self.sold) / self.week
            return f"at this pace sold out in about {count(max(round(until), 1), 'day')}"
        return f"at this pace about {expected:,} by the start"


def paces(events: Iterable[Event], now: datetime) -> list[Pace]:
    """One statement, however many. Needs `inventory` fetched."""
    events = list(events)
    days: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    slots = Slot.objects.filter(level=Level.EVENT, span=Span.DAY, scope__in=[one.pk for one in events], part="")
    for scope, at, seats in slots.order_by("at").values_list("scope", "at", F("tickets") - F("cancelled")):
        if seats:
            days[scope].append((at.astimezone(UTC).date(), seats))
    return [_pace(event, days[event.pk], now) for event in events]


def _pace(event: Event, days: list[tuple[date, int]], now: datetime) -> Pace:
    sold = event.inventory.claimed - event.inventory.held
    today = now.astimezone(UTC).date()
    week = sum(seats for day, seats in days if day > today - WEEK)
    begun = (event.published_at or event.created_at).astimezone(UTC).date()
    first = min([begun, *(day for day, _ in days)])
    last = max(event.starts_at.astimezone(UTC).date(), today, first + timedelta(days=1))
    left = (event.local_start.date() - now.astimezone(event.zone).date()).days
    length = (last - first).days
    now_x = WIDTH * (today - first).days / length
    points = _line(days, first, length, event.inventory.capacity, sold, now_x)
    return Pace(event, sold, event.inventory.capacity, left if now < event.starts_at else -1, week, points, now_x)


def _line(days: list[tuple[date, int]], first: date, length: int, capacity: int, sold: int, now_x: float) -> str:
    """Steps up to today; the last one ends at what is sold by the counter itself."""
    total, points = 0, ["0,60"]
    for day, seats in days:
        x = min(WIDTH * (day - first).days / length, now_x)
        points.append(f"{x:.1f},{_y(total, capacity)}")
        total += seats
        points.append(f"{x:.1f},{_y(total, capacity)}")
    return " ".join([*points, f"{now_x:.1f},{_y(total, capacity)}", f"{now_x:.1f},{_y(sold, capacity)}"])


def _y(seats: int, capacity: int) -> str:
    share = min(max(seats / capacity, 0), 1) if capacity else 0
    return f"{HEIGHT * (1 - share):.1f}"
