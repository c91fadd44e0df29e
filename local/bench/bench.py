"""What every section works with: the site under load, its processes, its organiser and its buyers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from events.models import Event
from local.bench import calls, machine, world
from local.bench.scale import Scale
from local.bench.world import Buyer, Organiser
from local.postgres import PostgreSQL
from rehearsal.crowd import Call, Crowd, rush

ROOMY = 1_000_000  # seats: more than anybody books here
PATIENCE = 240  # seconds for one answer: a slow one is to be measured, not cut off


@dataclass
class Bench:
    address: str
    roots: Mapping[str, psutil.Process]  # "web" and "database"
    database: PostgreSQL
    environ: Mapping[str, str]
    folder: Path  # for scripts and logs
    scale: Scale
    organiser: Organiser
    buyers: Iterator[Buyer]
    visitors: Iterator[Buyer]  # those with a session

    def event(self, *, capacity: int = ROOMY) -> Event:
        return world.make_event(self.organiser, capacity=capacity)

    def enough(self, per_second: int) -> int:
        """How many calls a steady section could use up at most, at that rate."""
        return int(per_second * self.scale.seconds)

    def rush(self, prepared: Sequence[Call], *, connections: int, **options: Any) -> tuple[Crowd, dict[str, float]]:
        """The crowd's answers, and the CPU seconds that web and database spent on them."""
        with machine.spending(self.roots) as spent:
            crowd = rush(self.address, prepared, connections=connections, patience=PATIENCE, **options)
        return crowd, spent

    def warm_up(self) -> None:
        """Let every web process load what it loads at its first requests, and open its connections."""
        event = self.event()
        pages = ["/", event.get_absolute_url(), "/api/events", f"/api/events/{event.pk}"]
        booking = [calls.book(event.pk, next(self.buyers)) for _ in range(200)]
        reading = [calls.read(path) for path in pages for _ in range(20)]
        for prepared in (booking, reading):
            rush(self.address, prepared, connections=32, patience=PATIENCE)
