"""What is named as the bottleneck, from made-up measurements."""

from dataclasses import replace

import pytest

from rehearsal.bottleneck import bottleneck
from rehearsal.watch import Seen, _kind

CALM = Seen(cores=4, machine=1.0, web=[0.3, 0.2], database=0.3, ourselves=0.1, sessions={"computing": 0.2})


def named(seen: Seen, *, pace: float | None = None, took: float = 10) -> str:
    return bottleneck(seen, pace=pace, requests=500, took=took)


def test_who_keeps_up_with_the_pace_has_none():
    assert named(CALM, pace=50, took=10.9) == (
        "None: the installation kept up with the pace of 50 requests a second. Of 4 cores: web 0.50, database 0.30, "
        "this client 0.10, all together 1.00. Database sessions: computing 0.2."
    )
    assert named(CALM, pace=50, took=20).startswith("Nothing that can be seen from here")


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"ourselves": 0.97, "machine": 3.9}, "This load client: it kept a core busy"),
        ({"machine": 3.9, "web": [0.9, 0.9], "database": 0.9}, "The processor: all of it was in use, most by the web"),
        ({"machine": 3.9, "web": [0.4], "database": 2.6}, "The processor: all of it was in use, most by the database"),
        (
            {"machine": 3.9, "web": [0.4], "database": 0.6},
            "The processor: all of it was in use, most by other programs",
        ),
        ({"machine": 3.9, "web": [0.4], "worker": 1.9}, "The processor: all of it was in use, most by the worker"),
        ({"machine": 1.9, "web": [0.95, 0.1]}, "The web processes: the busiest used 95% of the one core it can"),
        ({"sessions": {"lock": 6.2, "commit": 0.9}}, "The event's inventory: on average 6.2 database sessions waited"),
        ({"sessions": {"lock": 0.6, "commit": 0.9}}, "The database's disk: on average 0.9 sessions waited"),
        ({"machine": None, "web": [], "database": None}, "Nothing that can be seen from here was at its limit"),
    ],
)
def test_the_first_that_is_at_its_limit_is_named(changes, begins):
    assert named(replace(CALM, **changes)).startswith(begins)


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        (("active", None, None), "computing"),
        (("active", "Lock", "transactionid"), "lock"),
        (("active", "IO", "WalSync"), "commit"),
        (("active", "LWLock", "WALWrite"), "commit"),
        (("active", "LWLock", "BufferContent"), "other"),
        (("active", "Client", "ClientRead"), None),
        (("idle in transaction", "Client", "ClientRead"), "application"),
        (("idle", "Client", "ClientRead"), None),
        ((None, None, None), None),
    ],
)
def test_what_a_session_is_at_is_told_by_what_it_waits_for(session, kind):
    assert _kind(*session) == kind
