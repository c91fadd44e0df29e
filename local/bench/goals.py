"""What the figures should be: beside each of them in the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.bench.samples import Medians

YARDSTICK = "pgbench.8"
Figures = Mapping[str, Medians]


@dataclass(frozen=True)
class Goal:
    """`words` for the table; `met` looks at the section's figures and at the one `beside` it, if there is one."""

    words: str
    met: Callable[[Medians, Medians], bool]
    beside: str | None = None

    def verdict(self, key: str, figures: Figures) -> bool | None:
        """Whether it is met; None when what it is compared with was not measured."""
        section, other = figures[key], figures.get(self.beside or key)
        if other is None:
            return None
        return not (section.failures or section.note) and self.met(section, other)


def times_yardstick(factor: float) -> Goal:
    def met(section: Medians, yardstick: Medians) -> bool:
        return section.per_second >= factor * yardstick.per_second

    return Goal(f"≥ {factor:g} × pgbench at 8", met, YARDSTICK)


def per_second(least: int) -> Goal:
    return Goal(f"≥ {least:,}/s", lambda section, _: section.per_second >= least)


def p99_below(milliseconds: int) -> Goal:
    return Goal(f"p99 < {milliseconds:,} ms", lambda section, _: (section.p99 or 0) < milliseconds)


def web_cpu(most: float) -> Goal:
    return Goal(f"≤ {most:g} web CPU-ms", lambda section, _: (section.web_cpu or 0) <= most)


def p95_below(factor: float, quiet: str) -> Goal:
    def met(section: Medians, other: Medians) -> bool:
        return (section.p95 or 0) < factor * (other.p95 or 0)

    return Goal(f"p95 < {factor:g} × quiet", met, quiet)


def p95_within(milliseconds: int) -> Goal:
    return Goal(f"p95 < {milliseconds:,} ms", lambda section, _: (section.p95 or 0) < milliseconds)


def web_cores(most: float) -> Goal:
    """So much of a core at most: requests a second times what one costs."""

    def met(section: Medians, _: Medians) -> bool:
        return section.per_second * (section.web_cpu or 0) / 1000 < most

    return Goal(f"< {most:.0%} of a core", met)


def server_time(most: int) -> Goal:
    """CPU of web and database together, for one request: what it costs whatever else runs."""
    return Goal(
        f"< {most} CPU-ms in all", lambda section, _: (section.web_cpu or 0) + (section.database_cpu or 0) < most
    )


_DASHBOARDS = ("figures.event", "figures.event.90", "figures.team", "figures.team.90", "figures.team.zone",
               "figures.platform", "figures.platform.90", "figures.platform.zone", "figures.home")  # fmt: skip

GOALS: dict[str, list[Goal]] = {
    "book.crowd": [times_yardstick(4), web_cpu(0.6), p99_below(1000)],
    "book.large_crowd": [times_yardstick(4), web_cpu(0.6)],
    "book.sold_out": [per_second(5000)],
    "form.crowd": [times_yardstick(1)],
    "read.list": [per_second(800)],
    "read.list.304": [per_second(2000)],
    "read.page": [per_second(800)],
    "read.page.304": [per_second(2000)],
    "browse.rush": [p95_below(2, "browse.quiet")],
    "post.mailing": [per_second(100)],
    **dict.fromkeys(_DASHBOARDS, [server_time(100), p95_within(100)]),
    "live.sale": [p95_within(300), web_cores(0.4)],
}
