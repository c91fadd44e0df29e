"""Pictures of numbers as plain geometry, for a template to draw as SVG. Text stays outside, so that it stays readable
however wide the picture is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 1000, 240
GAP = 0.22  # of a column's share, at most
SMALLEST = 3  # what is not nothing is seen


@dataclass(frozen=True)
class Box:
    """A rectangle; `kind` names its look: a series by its number, `zero` or `blank`. `words` show on pointing."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Columns:
    """Columns over time; a second series hangs below the line. Blank where nothing was counted yet, or not yet:
    that is not the same as nothing."""

    boxes: list[Box]
    top: str
    bottom: str
    first: str
    last: str
    baseline: float
    series: list[str] = field(default_factory=list)
    has_blanks: bool = False
    label: str = ""
    kind: str = "columns"


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart: `share` of the longest, from 0 to 100."""

    name: str
    value: str
    share: float
    note: str = ""
    series: int = 1
    url: str = ""


@dataclass(frozen=True)
class Bars:
    """Bars to compare with each other, or, `stacked`, parts of one whole."""

    bars: list[Bar]
    stacked: list[Box] = field(default_factory=list)
    label: str = ""
    kind: str = "bars"


def columns(
    up: Sequence[int | None],
    words: Sequence[str],
    *,
    ends: tuple[str, str],
    spoken: str,
    top: str,
    bottom: str = "",
    down: Sequence[int | None] = (),
    series: Sequence[str] = (),
) -> Columns:
    """One column for each number; None is drawn as blank."""
    highest = max((number or 0 for number in up), default=0)
    deepest = max((number or 0 for number in down), default=0)
    scale = HEIGHT / max(highest + deepest, 1)
    baseline = highest * scale if highest + deepest else HEIGHT - SMALLEST
    pace = WIDTH / max(len(up), 1)
    gap = min(pace * GAP, 8)
    boxes: list[Box] = []
    for place, number in enumerate(up):
        x, width = place * pace + gap / 2, pace - gap
        said = words[place]
        below = down[place] if down else 0
        if number is None:
            boxes.append(Box(place * pace, 0, pace, HEIGHT, "blank", said))
            continue
        if number:
            height = max(number * scale, SMALLEST)
            boxes.append(Box(x, max(baseline - height, 0), width, height, "1", said))
        if below:
            boxes.append(Box(x, baseline, width, max(below * scale, SMALLEST), "2", said))
        if not number and not below:
            boxes.append(Box(x, min(baseline, HEIGHT) - SMALLEST, width, SMALLEST, "zero", said))
    blanks = any(number is None for number in up)
    return Columns(boxes, top, bottom if deepest else "", ends[0], ends[1], baseline, list(series), blanks, spoken)


def bars(rows: Sequence[tuple[str, int, str]], *, spoken: str, notes: Sequence[str] = (), urls=()) -> Bars:
    """One bar for each name, number and the number in words."""
    longest = max((number for _, number, _ in rows), default=0)
    drawn = [
        Bar(
            name,
            words,
            100 * number / longest if longest else 0,
            notes[place] if notes else "",
            url=urls[place] if urls else "",
        )
        for place, (name, number, words) in enumerate(rows)
    ]
    return Bars(drawn, label=spoken)


def stack(rows: Sequence[tuple[str, int, str]], *, spoken: str) -> Bars:
    """Parts of a whole, side by side in one bar."""
    whole = sum(number for _, number, _ in rows) or 1
    drawn, boxes, x = [], [], 0.0
    for series, (name, number, words) in enumerate(rows, start=1):
        width = WIDTH * number / whole
        drawn.append(Bar(name, words, 100 * number / whole, series=series))
        if number:
            boxes.append(Box(x, 0, width, 40, str(series), f"{name}: {words}"))
        x += width
    return Bars(drawn, boxes, spoken, "stack")
