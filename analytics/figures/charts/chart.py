"""What a chart is, and what all charts of one page share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from analytics.figures import drawing, wording
from analytics.figures.drawing import Bars, Columns
from analytics.figures.present import Present
from analytics.figures.reading import Figures
from core.spreadsheets import Cell
from events.models import Event


@dataclass(frozen=True)
class Chart:
    """`answer` is said first. `rows` are what the table and the file have. `sources` lead to the rows it counts."""

    name: str
    question: str
    answer: str
    head: list[str]
    rows: list[list[Cell]]
    drawing: Columns | Bars | None = None
    nothing: str = ""
    note: str = ""
    sources: list[tuple[str, str]] = field(default_factory=list)
    numbers: int = 1  # from which column on the table has numbers

    @property
    def table(self) -> list[list[str]]:
        """The rows as the page shows them."""
        return [[f"{cell:,}" if isinstance(cell, int) else str(cell or "") for cell in row] for row in self.rows]


# Pages that list an event's rows.
LISTS = {"why": "why:why", "line": "line:line", "payments": "money:payments", "guests": "guests:list"}


@dataclass(frozen=True)
class Page:
    """What its charts are made from; `today` in the zone of the figures."""

    figures: Figures
    now: Present
    today: date

    @property
    def event(self) -> Event | None:
        return self.figures.scope.event

    @cached_property
    def names(self) -> list[str]:
        """Of the steps."""
        return [wording.step(column.begins, self.figures.period) for column in self.figures.columns]

    @property
    def ends(self) -> tuple[str, str]:
        return self.names[0], self.names[-1]

    def columns(self, up: str, down: str, up_words: str, down_words: str) -> Columns:
        """Counts over time; those of `down`, if there is a name, below the line."""
        columns = self.figures.columns
        words = []
        for name, one in zip(self.names, columns, strict=True):
            below = f", {one[down]:,} {down_words}" if down and one[down] else ""
            words.append(f"{name}: {one[up]:,} {up_words}{below}")
        return drawing.columns(
            self.known([one[up] for one in columns]),
            words,
            ends=self.ends,
            spoken=f"{up_words.capitalize()}{f' and {down_words}' if down else ''} over time",
            top=f"{max((one[up] for one in columns), default=0):,}",
            bottom=f"{max((one[down] for one in columns), default=0):,}" if down else "",
            down=[one[down] for one in columns] if down else (),
            series=[up_words, down_words] if down else (),
        )

    def known(self, numbers: Sequence[int]) -> list[int | None]:
        """None for days before anything was counted, and for days to come."""
        began, days = self.figures.began, [column.begins for column in self.figures.columns]
        first = 0
        if began:
            first = max((place for place, day in enumerate(days) if day <= began), default=0)
        return [
            None if (not began or place < first or day > self.today) else number
            for place, (day, number) in enumerate(zip(days, numbers, strict=True))
        ]

    def over_time(self, *measures: str) -> list[list[Cell]]:
        """Rows of a table: a step, and counts."""
        return [[one.begins.isoformat(), *(one[name] for name in measures)] for one in self.figures.columns]

    def nothing(self, number: int, words: str) -> str:
        """What is said instead of a picture: nothing happened, or nothing has been counted at all."""
        if number:
            return ""
        if self.figures.began is None:
            return "Nothing has been counted yet."
        if self.figures.began > self.figures.period.last:
            return f"There are no figures from before {wording.day(self.figures.began, year=True)}."
        return f"{words} in this time."

    def has_begun(self) -> bool:
        return self.event is None or self.event.local_start.date() <= self.today

    def is_over(self) -> bool:
        return self.event is not None and self.event.local_end.date() < self.today

    def source(self, words: str, what: str, **asked: str) -> list[tuple[str, str]]:
        """Where the rows of an event are that a figure counts, as far as its page can be asked for just those. None for
        more than one event."""
        url = self.rows_at(what, **asked)
        return [(words, url)] if url else []

    def rows_at(self, what: str, **asked: str) -> str:
        if self.event is None:
            return ""
        return reverse(LISTS[what], args=[self.event.slug]) + (f"?{urlencode(asked)}" if asked else "")

    @property
    def days(self) -> dict[str, str]:
        """The period, as the ledger is asked for it; all of it where the figures are of all time."""
        if self.figures.before is None:
            return {}
        return {"since": self.figures.period.first.isoformat(), "until": self.figures.period.last.isoformat()}
