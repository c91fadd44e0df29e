"""The ledger against real crashes: real PostgreSQL, a Redis that dies, a worker that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection

from local.services import throwaway_valkey
from outbox.models import Message
from tests.serving import environment
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ALL = dict.fromkeys(range(1, 9), 1)


@pytest.fixture
def valkey():
    with throwaway_valkey() as server:
        yield server


@pytest.fixture
def counts():
    """What the handler has counted so far, as {number: times}."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE counted (number int)")

    def read() -> Counter:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM counted")
            return Counter(number for (number,) in cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counted")


def apart(valkey, **more: str) -> dict[str, str]:
    """For processes on the test's own database and Redis."""
    return environment(REDIS_URL=valkey.url, OUTBOX_LEASE_SECONDS="2", **more)


def announce(valkey, numbers, **more) -> float:
    """Announce in a process of its own; returns how long that took, in seconds."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.counting", *map(str, numbers)]
    subprocess.run(command, env=apart(valkey, **more), check=True, timeout=60)
    return time.monotonic() - began


@contextmanager
def worker(valkey, tmp_path):
    """A worker with beat, which can be killed like any process."""
    command = [sys.executable, "-m", "celery", "-A", "tests.counting", "worker", "-B", "--concurrency", "2"]
    command += ["-s", str(tmp_path / "beat"), "--pool", "prefork", "-l", "warning"]
    process = subprocess.Popen(command, env=apart(valkey), start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process) -> None:
    """SIGKILL the worker and its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def test_what_is_announced_while_redis_is_down_is_delivered_once(valkey, counts, tmp_path):
    valkey.kill()
    announce(valkey, ALL)
    valkey.start()
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == ALL)
        time.sleep(3)  # another sweep must not deliver again
    assert counts() == ALL
    assert set(Message.objects.values_list("status", flat=True)) == {Message.Status.DONE}


def test_a_wiped_redis_loses_nothing(valkey, counts, tmp_path):
    announce(valkey, ALL)
    valkey.ask("FLUSHALL")
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == ALL)
        time.sleep(3)
    assert counts() == ALL


def test_a_worker_killed_in_the_middle_of_a_message_delivers_it_once_in_the_end(valkey, counts, tmp_path):
    stalled = tmp_path / "stalled"
    with worker(valkey, tmp_path) as process:
        announce(valkey, ALL, STALL_ONCE=str(stalled))
        wait_for(stalled.exists)
        kill(process)
    assert sum(counts().values()) < len(ALL)  # the stalled one was rolled back
    with worker(valkey, tmp_path):
        wait_for(lambda: counts() == ALL)
        time.sleep(3)
    assert counts() == ALL
