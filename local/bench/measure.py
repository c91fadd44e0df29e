"""One run: set up, measure round after round, tell. Needs Django set up, on servers of its own."""

import gc
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
from django.core.management import call_command
from django.utils import timezone

from local.assets import make_assets
from local.bench import growth, machine, web, world
from local.bench.bench import Bench
from local.bench.samples import as_json
from local.bench.scale import Asked, Scale
from local.bench.sections import go_through, sections
from local.bench.telling import tell
from local.paths import LocalError
from local.postgres import PostgreSQL
from local.valkey import Valkey


def run(asked: Asked, database: PostgreSQL, environ: Mapping[str, str], folder: Path) -> int:
    """Measure what is asked for; 1 when any answer was wrong, else 0."""
    call_command("migrate", verbosity=0)
    make_assets()
    with ready(asked.scale, database, environ, folder) as bench, machine.watching_others(ours(bench)) as others:
        result = growth.measure(bench, asked) if asked.growth else measure(bench, asked)
    result |= {"quick": asked.quick, "times": asked.times, "others": others["cores"]}
    result["machine"] = machine.description(database.sql("SHOW server_version")[0])
    save(result, asked.results / ("growth" if asked.growth else "bench"))
    return tell([result], write=asked.write)


@contextmanager
def ready(scale: Scale, database: PostgreSQL, environ: Mapping[str, str], folder: Path) -> Iterator[Bench]:
    """The site under load, warm, with an organiser and buyers."""
    log = folder / "web.log"
    with web.running(environ, ("web",), log) as (server,):
        web.wait_until_ready(environ["BASE_URL"], server, log)
        postmaster = database.process()
        if postmaster is None:
            raise LocalError("PostgreSQL has ended.")
        everybody = world.make_buyers(scale.buyers, with_session=scale.sessions)
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


def ours(bench: Bench) -> list[psutil.Process]:
    """This process, with the web processes below it, and the servers, which are nobody's children."""
    cache = Valkey(bench.folder / "valkey").process()
    return [psutil.Process(), bench.roots["database"], *([cache] if cache else [])]


def measure(bench: Bench, asked: Asked) -> dict[str, Any]:
    """All sections once a round, one after the other, so that all of them share good and bad minutes."""
    chosen = {key: section for key, section in sections(bench.scale).items() if asked.wants(key)}
    rounds = [go_through(bench, chosen, f"round {n + 1}") for n in range(asked.times)]
    titles = {key: section.title for key, section in chosen.items()}
    return {"titles": titles, "rounds": as_json(rounds), "memory": machine.memory(bench.roots)}


def save(result: dict[str, Any], place: Path) -> None:
    """As JSON, in a file named after `place` and the moment."""
    now = timezone.now()
    result["at"] = now.isoformat(timespec="seconds")
    file = place.with_name(f"{place.name}-{now:%Y%m%d-%H%M%S}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=1))
    print(f"\nAll figures: {os.path.relpath(file)}")
