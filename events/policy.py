"""What comes back of what guests paid, by the rules of an event or of a booking.

A policy is `{"cancel_hours": 24, "refund": [[168, 100], [24, 50]]}`: cancelling is possible until 24 hours before the
start; until 168 hours before it everything comes back, until 24 hours before it half. The start is the one that the
event has now.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.moments import in_words

WORDS = {100: "full refund", 50: "half"}


class Step(NamedTuple):
    """So many percent come back until (not at) a moment; `amount` is what that is of one booking, in minor units."""

    until: datetime
    percent: int
    amount: int = 0


def steps_of(policy: dict[str, Any], starts_at: datetime) -> list[Step]:
    """A policy's steps for an event that starts then, the earliest first; after the last one nothing comes back. None
    ends after cancelling does."""
    last = starts_at - timedelta(hours=policy["cancel_hours"])
    return list(_distinct(policy["refund"], starts_at, last))


def sentence(steps: Sequence[Step], zone: ZoneInfo, now: datetime) -> str:
    """'Full refund until Friday 5 June, 20:00 CEST; half until Monday 8 June, 20:00 CEST; after that, none.'"""
    coming = [step for step in steps if now < step.until]
    if not coming:
        return "No refund any more." if steps else "No refund."
    parts = [
        f"{WORDS.get(one.percent, f'{one.percent} %')} until {in_words(one.until.astimezone(zone))}" for one in coming
    ]
    told = "; ".join([*parts, "after that, none."])
    return told[0].upper() + told[1:]


def _distinct(refund: Sequence[Sequence[int]], starts_at: datetime, last: datetime) -> Iterator[Step]:
    for hours, percent in refund:
        until = starts_at - timedelta(hours=hours)
        yield Step(min(until, last), percent)
        if until >= last:
            return
