"""The measured sections that read: pages, the API, and browsing while others book."""

import json
import subprocess
import sys

from local.bench import calls
from local.bench.bench import Bench
from local.bench.samples import Sample, answered_only, sample_of
from local.paths import ROOT
from rehearsal.crowd import Call


def pages(bench: Bench, path: str, *, fresh: bool) -> Sample:
    """One address again and again, whole; `fresh`: by clients who have it already, for a 304."""
    call = calls.read(_address(bench, path))
    if not fresh:
        return again(bench, call, status=200)
    _, etag, _ = calls.first_answer(bench.address, call)
    if not etag:
        return Sample(0, 0, note="no ETag")
    return again(bench, calls.read(call.path, {"If-None-Match": etag}), status=304)


def signed_in(bench: Bench) -> Sample:
    """An event's page as somebody sees it who is signed in: private, so nothing of it is kept for the next."""
    cookie = calls.session_cookie(next(bench.visitors))
    return again(bench, calls.read(bench.event().get_absolute_url(), {"Cookie": cookie}), status=200)


def again(bench: Bench, call: Call, *, status: int) -> Sample:
    """The same call by many clients, as soon as each has its answer, which must have this status."""
    options = {"seconds": bench.scale.seconds, "repeat": True, "bodies": False}
    crowd, spent = bench.rush(calls.from_everywhere(call), connections=bench.scale.steady, **options)
    return sample_of(crowd, spent, answered_only(crowd, (status,)))


def _address(bench: Bench, path: str) -> str:
    """`{page}` stands for an event's page, `{id}` for its id."""
    event = bench.event() if "{" in path else None
    return path.format(page=event.get_absolute_url(), id=event.pk) if event else path


def browsing(bench: Bench, *, rushed: bool) -> Sample:
    """The page of one event at an easy pace; `rushed`: while crowd after crowd books that event."""
    event = bench.event()
    seconds = max(2.0, bench.scale.seconds * 2)
    words = [bench.address, event.get_absolute_url(), str(seconds)]
    reader = subprocess.Popen(
        [sys.executable, "-m", "local.bench.browse", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    wrong: list[str] = []
    while rushed and reader.poll() is None:
        people = [calls.book(event.pk, next(bench.buyers)) for _ in range(bench.scale.crowd)]
        crowd, _ = bench.rush(people, connections=len(people))
        wrong += answered_only(crowd, (201,))
    output, _ = reader.communicate()
    sample = Sample(**json.loads(output))
    sample.failures += wrong
    return sample
