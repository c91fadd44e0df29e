"""Processor time as /proc tells it, of processes that really run."""

import subprocess
import sys

import psutil
import pytest
from django.db import connection

from rehearsal.processes import HOME, PROC, usage
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(not PROC.joinpath("stat").exists(), reason="only Linux has /proc")

MASTER = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.PIPE)
try:
    sys.stdin.read()
finally:
    child.kill()
"""


def computed(process) -> float:
    """Seconds of the processor that its children have used."""
    return sum(sum(child.cpu_times()[:2]) for child in process.children())


def busy(words, folder):
    """A process of that command line, which sleeps while a child of its computes."""
    command = [sys.executable, "-c", MASTER, *words]
    return subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE)


@pytest.fixture
def start():
    started = []

    def start(words, folder=HOME):
        """Returns the ids of the process and of its child, once this has computed for a while."""
        started.append(busy(words, folder))
        master = psutil.Process(started[-1].pid)
        wait_for(lambda: computed(master) > 0.2)
        return {master.pid, *(child.pid for child in master.children())}

    yield start
    for process in started:
        process.communicate()


def test_web_and_worker_are_known_by_their_commands_with_all_their_children(start):
    web = start(["uvicorn", "evently.asgi:application"])
    start(["celery", "-A", "evently", "worker"])
    seen = usage(None)  # other tests' processes may be among them
    assert web <= set(seen.web)
    assert sum(seen.web[pid] for pid in web) > 0.2
    assert seen.worker > 0.2
    assert seen.machine > 0.4


def test_those_of_another_installation_are_not_ours(start, tmp_path):
    others = start(["uvicorn", "evently.asgi:application"], tmp_path)
    assert others.isdisjoint(usage(None).web)


@pytest.mark.django_db
def test_the_database_is_its_server_with_all_sessions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
        before = usage(backend).database
        cursor.execute("SELECT count(*) FROM generate_series(1, 3000000)")
    assert usage(backend).database - before > 0.1
    assert usage(1).database is None  # not a database
    assert usage(None).database is None
