"""Web and database die in the middle of rushes: what was confirmed is there, and everything else is whole or absent.

A crash of each kind by default; `make crash` (CRASHES=20) goes through twenty.
"""

import os
from collections.abc import Callable
from itertools import cycle
from random import Random

import pytest

from tests.crashing import Rush, Site, acknowledged, faults, interrupted, repeat_all, site

pytestmark = pytest.mark.slow

CRASHES = int(os.environ.get("CRASHES", "3"))
KINDS = (Site.kill_web, Site.stop_database_at_once, Site.kill_database)
BUYERS = 160
# A commit that is answered before its WAL is written, and nobody who writes it for the next ten seconds.
NOT_DURABLE = "ALTER SYSTEM SET synchronous_commit = off; ALTER SYSTEM SET wal_writer_delay = '10s'"


def test_no_crash_loses_a_confirmed_booking_or_leaks_a_seat():
    dice, kinds, counted = Random("crash"), cycle(KINDS), 0
    with site(2 * CRASHES, BUYERS) as (running, rushes):  # some may be over before the crash comes
        kind = next(kinds)
        for rushing in rushes:
            if survive(running, rushing, kind, after=dice.randint(1, BUYERS // 3)):
                counted, kind = counted + 1, next(kinds)
            if counted == CRASHES:
                return
    pytest.fail(f"Only {counted} of {2 * CRASHES} crashes came in the middle of a rush.")


def survive(running: Site, rushing: Rush, kind: Callable[[Site], None], *, after: int) -> bool:
    """One crash: look at what is there, start again, send everything once more, and look again. True when it came in
    the middle: some had been confirmed, and some were not answered."""
    crowd = interrupted(running, rushing, lambda: kind(running), after=after)
    promised = acknowledged(rushing, crowd)
    assert faults(running, rushing, promised) == []

    if kind is Site.kill_web:
        running.web.start()
    told = repeat_all(running, rushing)
    assert {buyer: len(bookings) for buyer, bookings in told.items()} == dict.fromkeys(rushing.buyers, 1)
    assert all(booking in told[buyer] for booking, buyer in promised.items())  # the first answer once more
    assert faults(running, rushing, {booking: buyer for buyer, (booking,) in told.items()}) == []
    assert running.audit() == "Every inventory adds up.\n"
    return bool(promised) and bool(crowd.errors or max(crowd.statuses) >= 500)


def test_without_durable_commits_the_same_look_finds_what_is_lost():
    with site(1, BUYERS, settings=NOT_DURABLE) as (running, (rushing,)):
        crowd = interrupted(running, rushing, running.stop_database_at_once, after=BUYERS // 2)
        found = faults(running, rushing, acknowledged(rushing, crowd))
    assert any(fault.endswith("was confirmed and is lost.") for fault in found)
