"""The ledger against real crashes: real PostgreSQL, a Redis that dies, a worker that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection

from core.facts import Lane
from local.run import applications
from local.services import throwaway_valkey
from outbox.models import Message
from tests.serving import environment
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NUMBERS = range(1, 9)
LANES = list(Lane)
ALL = {(lane, number): 1 for lane in LANES for number in NUMBERS}


@pytest.fixture
def valkey():
    with throwaway_valkey() as server:
        yield server


@pytest.fixture
def counts():
    """What the handlers have counted so far, as {(lane, number): times}."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE counted (lane text, number int)")

    def read() -> Counter:
        with connection.cursor() as cursor:
            cursor.execute("SELECT lane, number FROM counted")
            return Counter(cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counted")


def apart(valkey, **more: str) -> dict[str, str]:
    """For processes on the test's own database and Redis."""
    leases = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOX_POST_LEASE_SECONDS": "2"}
    return environment(**{"REDIS_URL": valkey.url, **leases, **more})


def announce(valkey, *lanes, **more) -> None:
    """Announce in processes of their own."""
    for lane in lanes:
        command = [sys.executable, "-m", "tests.counting", lane, *map(str, NUMBERS)]
        subprocess.run(command, env=apart(valkey, **more), check=True, timeout=60)


@contextmanager
def started(command, environ):
    """A process that can be killed, with its children."""
    process = subprocess.Popen(command, env=environ, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def worker(valkey, tmp_path, *pool):
    """One for all lanes, with beat."""
    command = [sys.executable, "-m", "celery", "-A", "tests.counting", "worker", "-B", "-l", "warning"]
    command += ["-s", str(tmp_path / "beat"), *(pool or ("--concurrency", "2"))]
    return started(command, apart(valkey))


def kill(process) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def test_what_is_announced_while_redis_is_down_is_delivered_once(valkey, counts, tmp_path):
    valkey.kill()
    announce(valkey, *LANES)
    valkey.start()
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == ALL)
        time.sleep(3)  # another sweep must not deliver again
    assert counts() == ALL
    assert set(Message.objects.values_list("status", flat=True)) == {Message.Status.DONE}


def test_a_wiped_redis_loses_nothing(valkey, counts, tmp_path):
    announce(valkey, *LANES)
    valkey.ask("FLUSHALL")
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == ALL)
        time.sleep(3)
    assert counts() == ALL


def test_a_worker_killed_in_the_middle_of_a_message_delivers_it_once_in_the_end(valkey, counts, tmp_path):
    once = {(Lane.FACTS, number): 1 for number in NUMBERS}
    stalled = tmp_path / "stalled"
    with worker(valkey, tmp_path) as process:
        announce(valkey, Lane.FACTS, STALL_ONCE=str(stalled))
        wait_for(stalled.exists)
        kill(process)
    assert sum(counts().values()) < len(once)  # the stalled one was rolled back
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == once)
        time.sleep(3)
    assert counts() == once


def test_a_worker_killed_between_sending_and_marking_sends_that_one_again_and_no_other(valkey, counts, tmp_path):
    once = {(Lane.POST, number): 1 for number in NUMBERS}
    stalled = tmp_path / "stalled"
    with worker(valkey, tmp_path, "--pool", "threads", "--concurrency", "1") as process:
        announce(valkey, Lane.POST, STALL_ONCE=str(stalled))
        wait_for(stalled.exists)
        kill(process)
    with worker(valkey, tmp_path):
        wait_for(lambda: counts().keys() == once.keys() and counts().total() > len(once))
        time.sleep(3)
    assert sorted(counts().values()) == [1] * (len(once) - 1) + [2]


def test_a_peer_that_hangs_holds_up_its_own_lane_alone(valkey, counts, tmp_path):
    """With the workers of `make run`; one of them is beat as well."""
    hanging = tmp_path / "hanging"
    hanging.touch()
    environ = apart(valkey, HOST="127.0.0.1", PORT="8000", OUTBOX_POST_LEASE_SECONDS="60")
    with ExitStack() as workers:
        for app in applications(environ):
            if app.name in ("worker", "post", "bulk"):
                command = [word.replace("evently", "tests.counting") for word in app.command]
                beat = ["-B", "-s", str(tmp_path / "beat")] if app.name == "worker" else []
                workers.enter_context(started(command + beat, environ))
        announce(valkey, Lane.POST, STALL_WHILE=str(hanging))
        wait_for(lambda: counts().total() == 4)  # a thread for each of four
        announce(valkey, Lane.FACTS, Lane.BULK)
        wait_for(lambda: counts().total() == 4 + 2 * len(NUMBERS))
        assert Counter(lane for lane, _ in counts()) == {Lane.FACTS: 8, Lane.BULK: 8, Lane.POST: 4}
        hanging.unlink()
        wait_for(lambda: counts() == ALL)


def test_threads_outlive_the_sessions_of_their_database(valkey, counts, tmp_path):
    with worker(valkey, tmp_path, "--pool", "threads", "--concurrency", "4"):
        announce(valkey, Lane.POST)
        wait_for(lambda: not Message.objects.filter(status=Message.Status.PENDING).exists())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        announce(valkey, Lane.FACTS, Lane.BULK)
        wait_for(lambda: counts() == ALL)
