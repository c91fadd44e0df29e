"""The tables: on the screen, and between two markers of a page in Markdown."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.bench.goals import GOALS, Figures
from local.bench.samples import Medians

HEADINGS = ("section", "per s", "p50 ms", "p95 ms", "p99 ms", "web CPU-ms", "db CPU-ms", "goal")


def table(figures: Figures, titles: Mapping[str, str], *, judged: bool = True) -> str:
    """One line a section, as Markdown that reads well as text. `judged`: with the goals and whether they are met."""
    rows = [[*_cells(key, section, titles), _goals(key, figures) if judged else ""] for key, section in figures.items()]
    return markdown([HEADINGS, *rows], left=(0, len(HEADINGS) - 1))


def _cells(key: str, section: Medians, titles: Mapping[str, str]) -> list[str]:
    rate = "FAILED" if section.failures else section.note or number(section.per_second)
    latencies = [number(value) for value in (section.p50, section.p95, section.p99)]
    return [titles[key], rate, *latencies, number(section.web_cpu), number(section.database_cpu)]


def _goals(key: str, figures: Figures) -> str:
    words = {True: "yes", False: "NO", None: "–"}
    return ", ".join(f"{goal.words}: {words[goal.verdict(key, figures)]}" for goal in GOALS.get(key, []))


def failures(figures: Figures, titles: Mapping[str, str]) -> list[str]:
    """What was wrong, in sentences; a healthy run has none."""
    return [f"{titles[key]}: {failure}" for key, section in figures.items() for failure in section.failures]


def growth_table(by_size: Mapping[str, Figures], titles: Mapping[str, str]) -> str:
    """Requests a second at each size, and the last beside the first: 1.0 is a flat curve."""
    sizes = list(by_size)
    heading = ["per s", *sizes, "last : first"]
    rows = []
    for key in by_size[sizes[0]]:
        rates = [by_size[size][key].per_second for size in sizes]
        wrong = any(by_size[size][key].failures for size in sizes)
        ratio = "FAILED" if wrong else number(rates[-1] / rates[0] if rates[0] else None)
        rows.append([titles[key], *map(number, rates), ratio])
    return markdown([heading, *rows])


def memory_table(memory: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Per kind of process: how many, the largest, and all together."""
    rows = [
        [name, str(len(used)), number(max(one["rss"] for one in used)), number(sum(one["pss"] for one in used))]
        for name, used in memory.items()
    ]
    return markdown([["memory after the rushes", "processes", "largest, MB resident", "together, MB"], *rows])


def number(value: float | None) -> str:
    """Three digits that count: 0.43, 7.1, 65, 1,712."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def markdown(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> str:
    """The first row is the heading. All columns but those of `left` lean to the right, as figures do."""
    columns = range(len(rows[0]))
    widths = [max(len(row[column]) for row in rows) for column in columns]
    rule = ["-" * widths[column] if column in left else "-" * (widths[column] - 1) + ":" for column in columns]
    lines = []
    for row in [rows[0], rule, *rows[1:]]:
        cells = (row[c].ljust(widths[c]) if c in left else row[c].rjust(widths[c]) for c in columns)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write_between_markers(page: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`. ValueError when there are no such markers."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    old = page.read_text()
    if not pattern.search(old):
        raise ValueError(f"{page.name} has no markers for {name}.")
    page.write_text(pattern.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", old))
