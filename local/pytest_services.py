"""A pytest plugin that brings the servers and the environment before Django reads its settings.

`-p local.pytest_services` in pyproject.toml loads it in pytest itself and in every xdist worker. DATABASE_URL
and REDIS_URL are used where they are set; on that Redis each worker takes a database number of its own.
"""

import os
import re
from pathlib import Path

import pytest

from local import testrun
from local.valkey import Valkey

ENVIRONMENT = {
    "EVENTLY_ENV": "test",
    "BASE_URL": "http://testserver",
    "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
    "TICKET_SIGNING_KEY": "VGhpcnR5LXR3byBieXRlcyBvbmx5IGZvciB0ZXN0cy4=",
    "STRIPE_SECRET_KEY": "",
    "STRIPE_API_URL": "http://127.0.0.1:9",  # where nobody listens: tests that pay start a server of their own
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    os.environ.update(ENVIRONMENT)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        begin_run(early_config)
    elif run_folder := os.environ.get("EVENTLY_TEST_RUN"):
        os.environ["REDIS_URL"] = start_valkey(early_config, Path(run_folder) / worker)
    else:
        os.environ["REDIS_URL"] = for_worker(os.environ["REDIS_URL"], worker)


def begin_run(config: pytest.Config) -> None:
    """What the workers inherit: the database server and the folder in which they put their Valkeys."""
    run = testrun.begin()
    config.add_cleanup(run.end)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = run.start_database()
    if not os.environ.get("REDIS_URL"):
        os.environ["EVENTLY_TEST_RUN"] = str(run.folder)
        os.environ["REDIS_URL"] = start_valkey(config, run.folder / "main")


def start_valkey(config: pytest.Config, home: Path) -> str:
    server = Valkey(home, durable=False)
    server.start()
    config.add_cleanup(server.discard)
    return server.url


def for_worker(url: str, worker: str) -> str:
    """`redis://host/0` becomes `redis://host/1` in worker gw0."""
    number = int(worker.removeprefix("gw")) + 1
    moved, found = re.subn(r"(?<=db=)\d+|(?<=\d/)\d+$", str(number), url)
    if not found:
        raise pytest.UsageError("REDIS_URL must name its database: redis://host:6379/0 or unix:///path?db=0.")
    return moved
