"""Two webs behind nginx, PgBouncer in transaction mode, two workers, one beat."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings.models import Booking
from events.models import Inventory
from local.paths import ROOT
from local.postgres_user import find_binaries
from outbox.models import Message
from rehearsal.buyers import Wish, make_buyers, make_calls
from rehearsal.crowd import rush
from tests.factories import make_event
from tests.live import live_page
from tests.serving import status
from tests.topology.starting import Topology, missing, topology
from tests.waiting import wait_for
from tickets.models import Ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing()) and os.environ.get("CI") != "true",
        reason=f"not on this machine: {', '.join(missing())}; `apt-get install nginx-light pgbouncer` brings them",
    ),
]

SEATS, BUYERS = 60, 200
JOURNEYS = ["tests/browser/test_journey.py"]


@pytest.fixture
def running() -> Iterator[Topology]:
    with topology() as all_of_it:
        yield all_of_it


def test_a_rush_through_all_of_it_sells_every_seat_once_and_tickets_follow(running):
    event = make_event(capacity=SEATS)
    kind = event.types_for_sale()[0].pk
    people = make_buyers(event, count=BUYERS, now=timezone.now())
    calls = make_calls(event, [Wish(person.pk, kind, 1) for person in people], seconds=3600, headers={})
    crowd = rush(running.address, [call for _, call in calls], connections=50)
    assert {answer.status for answer in crowd.answers} == {201, 409}  # every fifth one asks twice
    assert Booking.objects.count() == Inventory.objects.get(pk=event.inventory_id).claimed == SEATS
    wait_for(lambda: Ticket.objects.count() == SEATS, seconds=90)
    wait_for(lambda: not Message.objects.due(timezone.now()).exists(), seconds=90)
    call_command("audit_inventory")
    call_command("audit_money")

    doctor = _manage(running, "doctor", "--json")
    found = {one["name"]: (one["verdict"], one["said"]) for one in json.loads(doctor.stdout)}
    for name in ("database", "migrations", "redis", "workers", "beat", "outbox", "address", "proxy", "websocket"):
        assert found[name][0] == "ok", found[name]

    with live_page(running.address, event.pk) as page:
        page.until_free(event.pk, 0, seconds=20)

    # One web ends while people look: nobody notices.
    failed: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if (code := status(f"{running.address}/events/{event.slug}")) != 200:
                failed.append(code)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    running.end(f"web {running.webs[0]}")
    running.start_web(running.webs[0])
    done.set()
    for looker in lookers:
        looker.join(30)
    assert failed == []

    backup = _manage(running, "backup", str(running.folder / "backup.tar"))
    assert backup.returncode == 0, backup.stderr


def _manage(running: Topology, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**running.environ, "PG_BIN": str(find_binaries())}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_people_make_their_journeys_through_it():
    """The browser's own tests, in a run of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", *JOURNEYS]
    environ = {**os.environ, "EVENTLY_TOPOLOGY": "1"}
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "DATABASE_URL", "REDIS_URL", "EVENTLY_TEST_RUN"):
        environ.pop(name, None)
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
