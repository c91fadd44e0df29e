"""What the crash tests need: an installation of their own, rushes in the middle of which something dies, and eyes that
look at its database without any of the product's code.

`python -m tests.crashing 3 240` fills the database of DATABASE_URL with 3 events for 240 buyers each, and prints the
requests of these as JSON.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg

from local.paths import ROOT
from local.postgres import PostgreSQL
from local.processes import is_alive
from local.services import throwaway_postgres, throwaway_valkey
from rehearsal.crowd import Call, Crowd, rush
from tests.serving import Web, serving
from tests.waiting import wait_for

QUANTITY = 2
CONNECTIONS = 16


@dataclass(frozen=True)
class Rush:
    """One event, and every request to book it, with the buyer who sends it. There are exactly as many seats as its
    buyers want: a single one that leaked would send somebody away."""

    event: str
    calls: list[Call]
    buyers: list[str]


@dataclass
class Site:
    """Web processes and a database that nobody else uses. The database does without fsync: that guards against a loss
    of power, and what a killed process has written stays in the kernel's hands and is there afterwards. Whether a
    commit waits until its WAL is written, on which all of this rests, does not depend on it."""

    server: PostgreSQL
    web: Web

    def look(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.server.url("evently"), autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def audit(self) -> str:
        """What `manage.py audit_inventory` says."""
        command = [sys.executable, "manage.py", "audit_inventory"]
        done = subprocess.run(command, cwd=ROOT, env=self.web.environ, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def kill_web(self) -> None:
        """SIGKILL, then wait until the database has noticed: what was under way is rolled back or committed."""
        self.web.kill()
        wait_for(lambda: not self.look(_OTHER_SESSIONS))

    def stop_database_at_once(self) -> None:
        """As `pg_ctl stop -m immediate` does: no checkpoint, no word to its sessions. Then start it again."""
        postmaster = self._postmaster()
        postmaster.send_signal(signal.SIGQUIT)
        self._start_after(postmaster)

    def kill_database(self) -> None:
        """SIGKILL for the postmaster and every process of its; then start it again."""
        postmaster = self._postmaster()
        for process in [postmaster, *postmaster.children(recursive=True)]:
            process.kill()
        self._start_after(postmaster)

    def _postmaster(self) -> psutil.Process:
        process = self.server.process()
        assert process, "the database does not run"
        return process

    def _start_after(self, postmaster: psutil.Process) -> None:
        wait_for(lambda: not is_alive(postmaster))
        self.server.start()


@contextmanager
def site(rushes: int, buyers: int, *, settings: str = "") -> Iterator[tuple[Site, list[Rush]]]:
    """A site that runs, and so many rushes to come. `settings`: statements for its database, as ALTER SYSTEM."""
    with throwaway_postgres() as server, throwaway_valkey() as valkey:
        for statement in filter(None, settings.split(";")):
            server.sql(statement)
        server.sql("SELECT pg_reload_conf()")
        environ = {
            **os.environ,
            "DATABASE_URL": server.url("evently"),
            "REDIS_URL": valkey.url,
            "LOG_FORMAT": "json",
        }
        command = [sys.executable, "-m", "tests.crashing", str(rushes), str(buyers)]
        staged = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=True, timeout=120)
        with serving(environ) as web:
            yield Site(server, web), [read_rush(line) for line in staged.stdout.decode().splitlines()]


def interrupted(site: Site, rushing: Rush, crash: Callable[[], None], *, after: int) -> Crowd:
    """What the buyers are answered when `crash` happens as soon as so many bookings are made."""
    with ThreadPoolExecutor(1) as pool:
        crowd = pool.submit(rush, site.web.address, rushing.calls, connections=CONNECTIONS)
        with psycopg.connect(site.server.url("evently"), autocommit=True) as connection:
            count = "SELECT count(*) FROM bookings_booking WHERE event_id = %s"
            wait_for(lambda: (connection.execute(count, [rushing.event]).fetchone() or [0])[0] >= after, every=0.001)
        crash()
        return crowd.result()


def repeat_all(site: Site, rushing: Rush, *, rounds: int = 8) -> dict[str, set[str]]:
    """Send every request again, with its old key, until each has a definite answer: the bookings that each buyer was
    told of. What failed is sent again, as any program would."""
    told: dict[str, set[str]] = {buyer: set() for buyer in rushing.buyers}
    left = list(range(len(rushing.calls)))
    for _ in range(rounds):
        crowd = rush(site.web.address, [rushing.calls[number] for number in left], connections=CONNECTIONS)
        for answer in crowd.answers:
            if answer.status == 201:
                told[rushing.buyers[left[answer.index]]].add(json.loads(answer.body)["id"])
        left = sorted(left[answer.index] for answer in crowd.answers if answer.status == 0 or answer.status >= 500)
        if not left:
            return told
    raise AssertionError(f"{len(left)} requests were never answered.")


def acknowledged(rushing: Rush, crowd: Crowd) -> dict[str, str]:
    """The buyer of each booking that was answered with 201."""
    confirmed = [answer for answer in crowd.answers if answer.status == 201]
    return {json.loads(answer.body)["id"]: rushing.buyers[answer.index] for answer in confirmed}


def faults(site: Site, rushing: Rush, promised: dict[str, str]) -> list[str]:
    """A sentence for everything that must not be: promises not kept, bookings in part, seats that leaked."""
    found = {str(row[0]): Kept(str(row[1]), str(row[2]), *row[3:]) for row in site.look(_BOOKINGS, rushing.event)}
    wrong = [f"{booking} was confirmed and is lost." for booking in sorted(set(promised) - set(found))]
    wrong += [f"{booking} is {kept}." for booking, kept in found.items() if not kept.is_whole()]
    owners = Counter(kept.customer for kept in found.values())
    wrong += [f"{customer} has {count} bookings." for customer, count in owners.items() if count > 1]
    wrong += [f"{pk} is another buyer's." for pk in found if promised.get(pk, found[pk].customer) != found[pk].customer]
    seats = Counter[int]()
    for kept in found.values():
        seats.update(dict(kept.claims()))
    for limit, claimed, capacity in site.look(_LIMITS, rushing.event):
        if claimed != seats[limit] or claimed > capacity:
            wrong.append(
                f"Limit {limit} has {claimed} of {capacity} seats claimed, {seats[limit]} of them in bookings."
            )
    return wrong


@dataclass(frozen=True)
class Kept:
    """A booking as the database has it: `lines` as (own limit, quantity), `movements` as (limit, change)."""

    customer: str
    status: str
    quantity: int
    house: int
    lines: list[tuple[int | None, int]]
    movements: list[tuple[int, int]]
    messages: int

    def claims(self) -> list[tuple[int, int]]:
        own = [(limit, quantity) for limit, quantity in self.lines if limit]
        return sorted([(self.house, self.quantity), *own])

    def is_whole(self) -> bool:
        return (
            self.status == "confirmed"
            and sum(quantity for _, quantity in self.lines) == self.quantity == QUANTITY
            and sorted(map(tuple, self.movements)) == self.claims()
            and self.messages == 1
        )


def read_rush(line: str) -> Rush:
    said = json.loads(line)
    calls = [Call("POST", "/api/bookings", headers, body.encode()) for _, headers, body in said["calls"]]
    return Rush(said["event"], calls, [buyer for buyer, _, _ in said["calls"]])


_OTHER_SESSIONS = """
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = 'evently' AND pid <> pg_backend_pid()
"""
_BOOKINGS = """
SELECT b.id, b.customer_id, b.status, b.quantity, e.inventory_id,
    ARRAY(SELECT jsonb_build_array(t.inventory_id, l.quantity) FROM bookings_bookingline l
          JOIN events_tickettype t ON t.id = l.ticket_type_id WHERE l.booking_id = b.id),
    ARRAY(SELECT jsonb_build_array(m.inventory_id, m.change) FROM events_movement m WHERE m.booking_id = b.id),
    (SELECT count(*) FROM outbox_message m
     WHERE m.fact = 'booking_confirmed' AND m.payload->>'booking_id' = b.id::text)
FROM bookings_booking b JOIN events_event e ON e.id = b.event_id
WHERE e.id = %s
"""
_LIMITS = """
SELECT DISTINCT i.id, i.claimed, i.capacity
FROM events_event e LEFT JOIN events_tickettype t ON t.event_id = e.id
JOIN events_inventory i ON i.id IN (e.inventory_id, t.inventory_id)
WHERE e.id = %s
"""


def stage(buyers: int) -> str:
    """Make one rush: every other buyer wants seats of the limited ticket type."""
    from django.utils import timezone

    from events.operations import TicketTypeInput
    from rehearsal.buyers import Wish, make_buyers, make_calls
    from tests.factories import make_event

    types = [TicketTypeInput("Front row", capacity=QUANTITY * ((buyers + 1) // 2)), TicketTypeInput("Hall")]
    event = make_event(capacity=QUANTITY * buyers, ticket_types=types)
    kinds = [ticket_type.pk for ticket_type in event.types_for_sale()]
    people = make_buyers(event, count=buyers, now=timezone.now())
    wishes = [Wish(person.pk, kinds[number % 2], QUANTITY) for number, person in enumerate(people)]
    calls = make_calls(event, wishes, seconds=3600, headers={})
    rows = [(str(wish.buyer), dict(call.headers), call.body.decode()) for wish, call in calls]
    return json.dumps({"event": str(event.pk), "calls": rows})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    for _ in range(int(sys.argv[1])):
        print(stage(int(sys.argv[2])))
