"""From the results of one run or several to words: on the screen, and in docs/performance.md."""

from collections.abc import Sequence
from typing import Any

from local.bench import report
from local.bench.samples import from_json, medians
from local.paths import ROOT

PAGE = ROOT / "docs/performance.md"
Result = dict[str, Any]


def tell(results: Sequence[Result], *, write: bool) -> int:
    """Print the tables, of the medians over all rounds of all results. 1 when any answer was wrong."""
    name, text, wrong = _growth(results) if "sizes" in results[0] else _bench(results)
    print(f"\n{text}\n")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    if write:
        report.write_between_markers(PAGE, name, text)
        print(f"Written to {PAGE.relative_to(ROOT)}.")
    return 1 if wrong else 0


def _bench(results: Sequence[Result]) -> tuple[str, str, list[str]]:
    titles = {key: title for result in results for key, title in result["titles"].items()}
    figures = medians([done for result in results for done in from_json(result["rounds"])])
    judged = not results[0]["quick"]
    tables = [report.table(figures, titles, judged=judged), report.memory_table(results[0]["memory"])]
    text = "\n\n".join([_heading(results), *tables])
    return "bench", text, report.failures(figures, titles)


def _growth(results: Sequence[Result]) -> tuple[str, str, list[str]]:
    titles = results[0]["titles"]
    by_size = {
        size: medians([done for result in results for done in from_json(result["sizes"][size])])
        for size in results[0]["sizes"]
    }
    wrong = [sentence for figures in by_size.values() for sentence in report.failures(figures, titles)]
    return "growth", f"{_heading(results)}\n\n{report.growth_table(by_size, titles)}", wrong


def _heading(results: Sequence[Result]) -> str:
    """When and on what: figures of two machines don't compare."""
    machine = ", ".join(f"{name} {value}" for name, value in results[-1]["machine"].items())
    others = max(result["others"] for result in results)
    rounds = sum(result["times"] for result in results)
    size = f"runs: {len(results)}, rounds: {rounds}; other programs kept {others:.2f} cores busy"
    return f"{results[-1]['at'][:10]}; {machine}; {size}"
