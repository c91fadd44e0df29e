"""The measured section of live pages: many of them watch one event while its tickets are sold."""

import http.client
import json
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

from bookings.models import Booking
from events.models import Event
from local.bench import calls, machine, truth
from local.bench.bench import Bench
from local.bench.samples import Sample
from local.paths import ROOT, LocalError
from rehearsal.crowd import Call

CLERKS = 4
BOOKINGS_PER_SECOND = 80
SETTLED_SECONDS = 1.0  # in which the last booking has reached everybody
SEATS = 1

Told = list[tuple[int, int, float]]  # version, free seats, when: what one page was told


def sale(bench: Bench) -> Sample:
    """How long after a booking was sent each page knows of it; and what the pages cost, over a sale without them."""
    seconds, pages = bench.scale.seconds * 3, bench.scale.sockets
    _, without = _sell(bench, bench.event(), seconds)
    event = bench.event()
    with _watched(bench, event, pages) as watchers:
        sent, spent = _sell(bench, event, seconds)
        told = _end(watchers)
    updates = sum(map(len, told))
    waits = sorted(_waits(event, sent, told))
    points = quantiles(waits, n=100) if len(waits) > 1 else [0.0] * 99
    more = {name: max(spent[name] - without[name], 0.0) for name in spent}
    return Sample(
        per_second=updates / seconds,
        requests=updates,
        p50=points[49],
        p95=points[94],
        p99=points[98],
        web_cpu=more["web"] * 1000 / max(updates, 1),
        database_cpu=more["database"] * 1000 / max(updates, 1),
        failures=[*_faults(event, told, pages), *truth.sold(event.pk, len(sent) * SEATS), *truth.audit()],
    )


def _sell(bench: Bench, event: Event, seconds: float) -> tuple[list[float], dict[str, float]]:
    """Bookings at an even pace: when each was sent, in that order, and the CPU seconds of it all."""
    buyers = islice(bench.buyers, int(BOOKINGS_PER_SECOND * seconds))
    wanted = [calls.book(event.pk, buyer, seats=SEATS) for buyer in buyers]
    begin = time.monotonic() + 0.2
    with machine.spending(bench.roots) as spent, ThreadPoolExecutor(CLERKS) as clerks:
        work = [clerks.submit(_book, bench.address, wanted[n::CLERKS], begin, n) for n in range(CLERKS)]
        sent = sorted(moment for done in work for moment in done.result())
        time.sleep(SETTLED_SECONDS)
    return sent, spent


def _book(address: str, wanted: Sequence[Call], begin: float, offset: int) -> list[float]:
    """Every CLERKS-th booking, each at its moment; when they were sent."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
    sent = []
    for number, call in enumerate(wanted):
        time.sleep(max(0.0, begin + (number * CLERKS + offset) / BOOKINGS_PER_SECOND - time.monotonic()))
        moment = time.time()
        connection.request(call.method, call.path, call.body, dict(call.headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise LocalError(f"A booking was answered with {answer.status}.")
        sent.append(moment)
    connection.close()
    return sent


@contextmanager
def _watched(bench: Bench, event: Event, pages: int) -> Iterator[subprocess.Popen[str]]:
    words = [bench.address, str(event.pk), str(pages)]
    command = [sys.executable, "-m", "local.bench.watchers", *words]
    watchers = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if not watchers.stdout or watchers.stdout.readline() != "ready\n":
            raise LocalError("The live pages could not connect.")
        yield watchers
    finally:
        watchers.kill()
        watchers.wait()


def _end(watchers: subprocess.Popen[str]) -> list[Told]:
    output, _ = watchers.communicate(timeout=60)
    found: list[Any] = json.loads(output)
    return [[(version, free, at) for version, free, at in page] for page in found]


def _waits(event: Event, sent: Sequence[float], told: Sequence[Told]) -> Iterator[float]:
    """Milliseconds from each booking to each page that shows it. The n-th booking is shown where n are gone; it was
    committed after it was sent, so nobody waited longer than this says."""
    capacity = event.inventory.capacity
    for page in told:
        gone = [capacity - free for _, free, _ in page]
        for number, moment in enumerate(sent, 1):
            place = bisect_left(gone, number * SEATS)
            if place < len(page):
                yield max(page[place][2] - moment, 0.0) * 1000


def _faults(event: Event, told: Sequence[Told], pages: int) -> list[str]:
    """What did not reach every page. How things were before the first booking, each was told when it came."""
    capacity = event.inventory.capacity
    told = [[one for one in page if one[1] < capacity] for page in told]
    all_versions = {version for page in told for version, _, _ in page}
    left = capacity - Booking.objects.live().filter(event=event).seats()
    lost = sum(not page for page in told) + pages - len(told)
    missed = sum(len(all_versions) - len({version for version, _, _ in page}) for page in told if page)
    wrong = sum(page[-1][1] != left for page in told if page)
    back = sum(page != sorted(page, key=lambda one: one[0]) for page in told)
    found = [(lost, "pages lost their connection"), (missed, "updates missed a page")]
    found += [(wrong, "pages end with a wrong number"), (back, "pages saw versions out of order")]
    return [f"{count} {words}" for count, words in found if count]
