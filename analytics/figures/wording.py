"""Numbers and days in words, and what there is to say about them."""

from collections.abc import Sequence
from datetime import date, timedelta

from analytics.figures.period import Period, Step


def count(number: int, one: str, many: str = "") -> str:
    """'1 ticket', '1,200 tickets'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(moment: date, *, year: bool = False) -> str:
    """'3 March', or '3 March 2026'."""
    return f"{moment.day} {moment:%B}" + (f" {moment.year}" if year else "")


def step(begins: date, period: Period) -> str:
    """What a column is called: a day, a week by the days of it that are in the period, a month."""
    year = period.first.year != period.last.year
    if period.step == Step.DAY:
        return f"{begins:%a} {day(begins, year=year)}"
    if period.step == Step.MONTH:
        return f"{begins:%B %Y}"
    first, last = max(begins, period.first), min(begins + timedelta(days=6), period.last)
    if first == last:
        return day(first, year=year)
    return f"{first.day if first.month == last.month else day(first)}–{day(last, year=year)}"


def span(period: Period) -> str:
    """'3 March to 9 April 2026'."""
    first, last = period.first, period.last
    if first == last:
        return day(first, year=True)
    return f"{day(first, year=first.year != last.year)} to {day(last, year=True)}"


def change(now: int, before: int | None, days: int) -> str:
    """'20 % more than in the 30 days before'; nothing where there is nothing to compare with."""
    if before is None:
        return ""
    earlier = f"in the {days} days before" if days > 1 else "the day before"
    if now == before:
        return f"as many as {earlier}"
    if before == 0:
        return f"none {earlier}"
    percent = round(100 * abs(now - before) / before)
    if percent > 900:
        return f"{before:,} {earlier}"
    more = "more" if now > before else "fewer"
    return f"{percent or 'under 1'} % {more} than {earlier}"


def percent(part: int, whole: int) -> str:
    """'12 %'; 'under 1 %' for what is not nothing, 'over 99 %' for what is not all."""
    share = 100 * part / whole if whole else 0
    if 0 < share < 1:
        return "under 1 %"
    return "over 99 %" if 99 < share < 100 else f"{round(share)} %"


def half_by(numbers: Sequence[int]) -> int | None:
    """In how many of the first columns half of all lies; None without anything."""
    whole, seen = sum(numbers), 0
    if not whole:
        return None
    for place, number in enumerate(numbers, start=1):
        seen += number
        if 2 * seen >= whole:
            return place
    return None


def pattern(numbers: Sequence[int], period: Period, names: Sequence[str], *, from_start: bool) -> str:
    """What stands out: an early half, or the best column. `from_start`: the period has the first sale in it."""
    if len(numbers) < 3 or not sum(numbers):
        return ""
    half = half_by(numbers) or 0
    first = next(place for place, number in enumerate(numbers, start=1) if number)
    length = half - first + 1
    unit = {Step.DAY: "day", Step.WEEK: "week", Step.MONTH: "month"}[period.step]
    if length * 4 <= len(numbers):
        if not from_start:
            return f"Half of them went by {names[half - 1]}."
        stretch = f"{length} {unit}s" if length > 1 else unit
        return f"Half of them went in the first {stretch} of sales, by {names[half - 1]}."
    best = max(range(len(numbers)), key=lambda place: numbers[place])
    return f"The best {unit} was {names[best]}, with {numbers[best]:,}."
