"""One run: set up, measure round after round, tell. Needs Django set up, on servers of its own."""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from local.assets import make_assets
from local.bench import growth, machine, web, world
from local.bench.bench import Bench
from local.bench.samples import as_json
from local.bench.scale import FULL, QUICK, Scale
from local.bench.sections import go_through, sections
from local.bench.telling import tell
from local.paths import ROOT, VAR
from local.postgres import PostgreSQL

RESULTS = VAR / "bench"


@dataclass(frozen=True)
class Asked:
    """What the person at the keyboard wants."""

    quick: bool
    growth: bool
    rounds: int | None
    only: tuple[str, ...]
    write: bool

    @property
    def scale(self) -> Scale:
        return QUICK if self.quick else FULL


def run(asked: Asked, database: PostgreSQL, environ: Mapping[str, str], folder: Path) -> int:
    """Measure what is asked for; 1 when any answer was wrong, else 0."""
    call_command("migrate", verbosity=0)
    make_assets()
    with ready(asked.scale, database, environ, folder) as bench:
        result = (
            growth.measure(bench, asked.rounds or bench.scale.rounds, quick=asked.quick)
            if asked.growth
            else measure(bench, asked)
        )
    result["quick"] = asked.quick
    result["machine"] = machine.description(database.sql("SHOW server_version")[0])
    save(result, "growth" if asked.growth else "bench")
    return tell([result], write=asked.write)


@contextmanager
def ready(scale: Scale, database: PostgreSQL, environ: Mapping[str, str], folder: Path) -> Iterator[Bench]:
    """The site under load, warm, with an organiser and buyers."""
    everybody = world.make_buyers(scale.buyers, with_session=scale.sessions)
    log = folder / "web.log"
    with web.running(environ, ("web",), log) as (server,):
        web.wait_until_ready(environ["BASE_URL"], server, log)
        postmaster = database.process()
        assert postmaster  # noqa: S101  it has just answered
        bench = Bench(
            address=environ["BASE_URL"],
            roots={"web": server, "database": postmaster},
            database=database,
            environ=environ,
            folder=folder,
            scale=scale,
            organiser=world.make_organiser(),
            buyers=cycle(everybody),
            visitors=cycle(everybody[: scale.sessions]),
        )
        bench.warm_up()
        gc.freeze()  # what is there stays; the collector need not look at it in the middle of a rush
        yield bench


def measure(bench: Bench, asked: Asked) -> dict[str, Any]:
    """All sections once a round, one after the other, so that all of them share good and bad minutes."""
    chosen = {key: section for key, section in sections(bench.scale).items() if key.startswith(asked.only or ("",))}
    rounds = [go_through(bench, chosen, f"round {n + 1}") for n in range(asked.rounds or bench.scale.rounds)]
    titles = {key: section.title for key, section in chosen.items()}
    return {"titles": titles, "rounds": as_json(rounds), "memory": machine.memory(bench.roots)}


def save(result: dict[str, Any], kind: str) -> None:
    now = timezone.now()
    result["at"] = now.isoformat(timespec="seconds")
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{kind}-{now:%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(result, indent=1))
    print(f"\nAll figures: {file.relative_to(ROOT)}")
