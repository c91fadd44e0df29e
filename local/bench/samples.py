"""What one section measured in one round, and the medians of several rounds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rehearsal.crowd import Crowd


@dataclass
class Sample:
    """One section, once. Latencies in ms, CPU in ms a request; `failures` are sentences, none if all was right."""

    per_second: float
    requests: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    web_cpu: float | None = None
    database_cpu: float | None = None
    failures: list[str] = field(default_factory=list)
    note: str = ""


FIGURES = ("per_second", "p50", "p95", "p99", "web_cpu", "database_cpu")
Rounds = list[dict[str, Sample]]


@dataclass
class Medians:
    """Of all rounds of one section."""

    per_second: float
    p50: float | None
    p95: float | None
    p99: float | None
    web_cpu: float | None
    database_cpu: float | None
    failures: list[str]
    note: str


def sample_of(crowd: Crowd, spent: Mapping[str, float], failures: list[str]) -> Sample:
    """What a crowd went through, and what that cost."""
    requests = max(len(crowd.answers), 1)
    p50, p95, p99 = (crowd.percentile(percent) * 1000 for percent in (50, 95, 99))
    return Sample(
        per_second=crowd.per_second,
        requests=len(crowd.answers),
        p50=p50,
        p95=p95,
        p99=p99,
        web_cpu=spent["web"] * 1000 / requests,
        database_cpu=spent["database"] * 1000 / requests,
        failures=failures,
    )


def answered_only(crowd: Crowd, expected: Collection[int]) -> list[str]:
    """Every call has an answer, of one of these statuses."""
    wrong = [f"{times} calls without an answer: {kind}" for kind, times in crowd.errors.items()]
    wrong += [f"{times} answers of {status}" for status, times in crowd.statuses.items() if status not in expected]
    return wrong if crowd.answers else ["nobody called"]


def medians(rounds: Rounds) -> dict[str, Medians]:
    """By section, in the order in which they were first measured: not all rounds need have all of them."""
    keys = dict.fromkeys(key for done in rounds for key in done)
    return {key: _medians([done[key] for done in rounds if key in done]) for key in keys}


def _medians(samples: list[Sample]) -> Medians:
    figures = {name: _median(getattr(sample, name) for sample in samples) for name in FIGURES}
    failures = [failure for sample in samples for failure in sample.failures]
    return Medians(**figures, failures=failures, note=samples[0].note)  # type: ignore[arg-type]  # the rate is a number


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def as_json(rounds: Rounds) -> list[dict[str, Any]]:
    return [{key: asdict(sample) for key, sample in done.items()} for done in rounds]


def from_json(rounds: list[dict[str, Any]]) -> Rounds:
    return [{key: Sample(**sample) for key, sample in done.items()} for done in rounds]
