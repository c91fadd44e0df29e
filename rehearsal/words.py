"""A report as people read it."""

from collections.abc import Iterator

from rehearsal.report import Report


def in_words(report: Report) -> str:
    """One line for each thing worth knowing, the verdict last."""
    return "\n".join(f"{name:12} {value}" if name else value for name, value in _lines(report))


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    yield "Asked", f"{report.buyers:,} buyers sent {report.requests:,} requests in {report.took:.1f} s"
    yield "Answered", f"{report.per_second:,.0f} a second"
    unanswered = f" and {report.unanswered:,} without an answer" if report.unanswered else ""
    yield "Sold", f"{report.booked:,} bookings{unanswered}, {report.seats_sold:,} of {report.capacity:,} seats"
    yield "Refused", _kinds(report.refused)
    yield "Failed", _kinds(report.failed)
    for name, percentiles in report.latency.items():
        figures = ", ".join(f"{percent} {seconds * 1000:,.0f} ms" for percent, seconds in percentiles.items())
        yield "Waited" if name == "all" else f"  {name}", figures
    yield "Oversold", f"{report.oversold:,} seats"
    yield "Duplicates", f"{report.duplicates:,}"
    yield "Lost", f"{report.lost:,}"
    yield "Audit", "; ".join(report.discrepancies) or "every seat adds up"
    yield "Bottleneck", report.bottleneck
    yield "Verdict", f"WRONG: {' '.join(report.wrong)}" if report.wrong else "right"


def _kinds(counts: dict[str, int]) -> str:
    if not counts:
        return "0"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in counts.items())
    return f"{sum(counts.values()):,} ({kinds})"
