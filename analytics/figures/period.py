"""A stretch of whole days as the people of one zone live them, and the steps it is drawn in."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS_BY_DAY, DAYS_BY_WEEK = 120, 800  # longer periods are drawn in coarser steps


class Step(StrEnum):
    """What one column of a chart is: a day, a week from Monday on, a month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """From the midnight before `first` to the one after `last`, in `zone`. A day there may have 23 or 25 hours: where
    clocks jump over midnight, it begins with its first moment."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment after the last of it."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    @property
    def step(self) -> Step:
        if self.days <= DAYS_BY_DAY:
            return Step.DAY
        return Step.WEEK if self.days <= DAYS_BY_WEEK else Step.MONTH

    def steps(self) -> list[date]:
        """The day on which each step begins; the first may have begun before the period."""
        found = [step_of(self.first, self.step)]
        while (following := _next(found[-1], self.step)) <= self.last:
            found.append(following)
        return found

    def stretches(self) -> list[tuple[datetime, datetime]]:
        """The steps as moments: the first of each that lies in the period, and the one after its last."""
        edges = [self.start, *(midnight(day, self.zone) for day in self.steps()[1:]), self.end]
        return list(pairwise(edges))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    begins = datetime.combine(day, time(0), tzinfo=zone)
    # A time that clocks jump over is read by the offset before the jump, and so lies after it: never too early.
    return begins.astimezone(ZoneInfo("UTC"))


def step_of(day: date, step: Step) -> date:
    """The day on which the step begins that a day lies in."""
    if step == Step.DAY:
        return day
    return day - timedelta(days=day.weekday()) if step == Step.WEEK else day.replace(day=1)


def _next(begins: date, step: Step) -> date:
    if step == Step.MONTH:
        return (begins + timedelta(days=31)).replace(day=1)
    return begins + timedelta(days=1 if step == Step.DAY else 7)
