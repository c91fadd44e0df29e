"""Who came, and when."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from analytics.figures import drawing, wording
from analytics.figures.arrivals import Arrived, in_steps
from analytics.figures.charts.chart import Chart, Page
from analytics.models import Span
from core.spreadsheets import Cell


def attendance(page: Page) -> Iterator[Chart]:
    now, total = page.now, page.figures.total
    if not (now.arrived or total["arrived"] or now.expected and page.has_begun()):
        return
    rows: list[list[Cell]] = [["Checked in", now.arrived], ["Not checked in", now.missing]]
    share = wording.percent(now.arrived, now.expected)
    answer = f"{now.arrived:,} of {wording.count(now.expected, 'ticket')} checked in: {share}."
    if now.missing and page.is_over():
        answer += f" {wording.count(now.missing, 'guest')} never came."
    drawn = drawing.stack([(str(name), int(n or 0), f"{n:,}") for name, n in rows], spoken="Who has arrived")
    note = "" if page.event else "Of events that began in this period."
    sources = page.source("Who is in", "guests", show="in")
    yield Chart("arrivals", "Who came?", answer, ["Tickets", "Number"], rows, drawn, note=note, sources=sources)


def arrivals(page: Page) -> Iterator[Chart]:
    """By quarters of an hour from the first to the last who came; longer events by hours, or days."""
    if page.event is None or not (page.now.arrivals or page.now.expected and page.has_begun()):
        return
    span, steps = in_steps(page.now.arrivals, page.event.zone)
    names = [_name(one.at, span) for one in steps]
    most = max((one.count for one in steps), default=0)
    drawn = drawing.columns(
        [one.count for one in steps],
        [f"{name}: {one.count:,} checked in" for name, one in zip(names, steps, strict=True)],
        ends=(names[0], names[-1]) if names else ("", ""),
        spoken="Tickets checked in over time",
        top=f"{most:,}",
    )
    rows: list[list[Cell]] = [[f"{one.at:%Y-%m-%d %H:%M}", one.count] for one in steps]
    nothing = "" if steps else "Nobody was checked in on the days of the event."
    sources = page.source("Who is in", "guests", show="in")
    note = "On the days of the event, whatever period is shown."
    answer = _peak(steps, span)
    yield Chart("arriving", "When did they come?", answer, ["From", "Checked in"], rows, drawn, nothing, note, sources)


def _peak(steps: Sequence[Arrived], span: Span) -> str:
    """When most came, and by when half were in."""
    if not steps:
        return "Nobody has come yet."
    best = max(steps, key=lambda one: one.count)
    words = f"Most came {_within(best, span)}: {best.count:,} of {sum(one.count for one in steps):,}."
    half = wording.half_by([one.count for one in steps])
    if len(steps) < 3 or half is None:
        return words
    return f"{words} Half of them were in by {_end(steps[half - 1], span)}."


def _within(step: Arrived, span: Span) -> str:
    name = _name(step.at, span)
    return f"on {name}" if span == Span.DAY else f"between {name} and {_end(step, span)}"


def _end(step: Arrived, span: Span) -> str:
    return f"the end of {_name(step.at, span)}" if span == Span.DAY else f"{_after(step.at, span):%H:%M}"


def _after(at: datetime, span: Span) -> datetime:
    return (at.astimezone(UTC) + span.length).astimezone(at.tzinfo)


def _name(at: datetime, span: Span) -> str:
    return wording.day(at) if span == Span.DAY else f"{at:%a %H:%M}"
