"""One rehearsal, from the first copied row to the last deleted one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events.models import Event
from rehearsal import clone as clones
from rehearsal.bottleneck import bottleneck
from rehearsal.buyers import Wish, make_buyers, make_calls, make_wishes, who_am_i
from rehearsal.crowd import Call, Crowd, rush
from rehearsal.errors import NoRehearsal
from rehearsal.report import Report, make_report
from rehearsal.watch import Watch

log = structlog.get_logger(__name__)

PATIENCE = 30  # seconds for one answer
LONGEST = 600  # seconds until the last request is sent, beside what the pace takes
SWEEPS = 5


@dataclass(frozen=True)
class Crowding:
    """How hard the buyers press: at most so many connections at a time, and new requests a second (None: no limit)."""

    buyers: int
    connections: int
    pace: float | None


def rehearse(event: Event, *, by: User, crowding: Crowding, address: str) -> Report:
    """Let virtual buyers book a copy of `event` at `address`, and report. Everything is swept away afterwards, also
    when it is interrupted. Raises NoRehearsal when it can't take place."""
    log.info("rehearsal_started", slug=event.slug, by=str(by.pk), address=address, buyers=crowding.buyers)
    with staged(event, crowding.buyers) as (clone, wishes):
        report = _rush(event, clone, wishes, crowding, address)
    log.info("rehearsal_ended", slug=event.slug, by=str(by.pk), booked=report.booked, wrong=report.wrong)
    return report


@contextmanager
def staged(event: Event, buyers: int) -> Iterator[tuple[Event, list[Wish]]]:
    """The copy and its buyers' wishes. Whatever happens in the block, nothing of it is there afterwards."""
    clones.sweep_given_up(now=timezone.now())
    with transaction.atomic():
        clone = clones.make_clone(event, now=timezone.now())
        people = make_buyers(clone, count=buyers, now=timezone.now())
    try:
        yield clone, make_wishes(clone, people)
    finally:
        clear_away(clone)


def clear_away(clone: Event) -> None:
    """End the sale, then sweep. A request that is still under way may write until it is refused: then once more."""
    clones.end(clone, now=timezone.now())
    for attempt in range(1, SWEEPS + 1):
        try:
            return clones.sweep(clone)
        except IntegrityError:
            if attempt == SWEEPS:
                raise
            time.sleep(attempt)


def _rush(event: Event, clone: Event, wishes: list[Wish], crowding: Crowding, address: str) -> Report:
    headers = _as_a_proxy_would(address)
    seconds = LONGEST + int(len(wishes) * 2 / (crowding.pace or len(wishes)))
    calls = make_calls(clone, wishes, seconds=seconds + PATIENCE, headers=headers)
    _check_address(address, who_am_i(wishes[0].buyer, headers))
    with Watch(clone) as watch:
        crowd = _send(address, [call for _, call in calls], crowding, seconds=seconds)
    clones.end(clone, now=timezone.now())
    report = make_report(event, clone, [wish for wish, _ in calls], crowd)
    report.bottleneck = bottleneck(watch.seen, pace=crowding.pace, requests=len(calls), took=crowd.took)
    return report


def _send(address: str, calls: list[Call], crowding: Crowding, *, seconds: float) -> Crowd:
    """Raises NoRehearsal when the address is none, or the system allows too few open files."""
    try:
        return rush(
            address,
            calls,
            connections=min(crowding.connections, len(calls)),
            pace=crowding.pace,
            seconds=seconds,
            patience=PATIENCE,
        )
    except (OSError, ValueError) as error:
        raise NoRehearsal(str(error)) from error


def _check_address(address: str, call: Call) -> None:
    """That it is this installation which answers there: it knows our token and the buyer of a moment ago."""
    (answer,) = _send(address, [call], Crowding(1, 1, None), seconds=PATIENCE).answers
    if answer.status != 200:
        said = answer.error or f"status {answer.status}"
        raise NoRehearsal(f"{address} is not this installation, or does not work ({said}): name it by --url.")


def _as_a_proxy_would(address: str) -> dict[str, str]:
    """What a TLS proxy adds, when the buyers go past it: production refuses plain HTTP and other names."""
    if settings.BASE_URL.startswith("https:") and address.startswith("http:"):
        return {"Host": urlsplit(settings.BASE_URL).netloc, "X-Forwarded-Proto": "https"}
    return {}
