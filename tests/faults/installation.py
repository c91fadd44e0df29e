"""A whole installation of one's own, each process as `make run` starts it: to kill a part of, and to see come back."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from local.paths import ROOT
from local.postgres import PostgreSQL
from local.run import applications
from local.services import throwaway_postgres, throwaway_valkey
from local.stripe.server import StripeServer
from local.valkey import Valkey
from tests.faults.load import Guest
from tests.post_office import PostOffice, post_office
from tests.serving import free_port, status
from tests.stripe_server import environ_of, stripe_server
from tests.waiting import wait_for

# So that what a dead worker had in its hands is not waited for longer than a test has patience.
LEASES = {"OUTBOX_LEASE_SECONDS": "3", "OUTBOX_POST_LEASE_SECONDS": "8", "EMAIL_TIMEOUT": "3"}


@dataclass
class Installation:
    """`processes` by the names that `make run` gives them."""

    environ: dict[str, str]
    database: PostgreSQL
    cache: Valkey
    office: PostOffice
    cards: StripeServer
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://{self.environ['HOST']}:{self.environ['PORT']}"

    def start(self, *names: str) -> None:
        """These processes, or all of them."""
        for app in applications(self.environ):
            if app.name != "stripe" and (app.name in names or not names):
                command = [
                    str(self.folder / "beat") if word.endswith("celerybeat-schedule") else word for word in app.command
                ]
                with (self.folder / f"{app.name}.log").open("ab") as log:
                    self.processes[app.name] = subprocess.Popen(
                        command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
                    )

    def kill(self, *names: str) -> None:
        """SIGKILL for each of them with its children: no farewell."""
        for name in names:
            os.killpg(self.processes[name].pid, signal.SIGKILL)
            self.processes[name].wait(timeout=10)

    def kill_database(self) -> None:
        """SIGKILL for the postmaster; what it leaves behind sees that and goes."""
        self.database.kill()

    def is_well(self) -> bool:
        """Whether /health says that everything works, background jobs too."""
        return status(f"{self.address}/health", seconds=5) == 200

    def look(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.url("evently"), autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def manage(self, command: str) -> str:
        """What a command of manage.py says."""
        done = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def stage(self, guests: int) -> tuple[str, list[Guest]]:
        """A new event and its guests; every other wants a free ticket, the others one that is paid by card."""
        command = [sys.executable, "-m", "tests.faults.stage", str(guests)]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, stdout=subprocess.PIPE, check=True, timeout=180)
        said = json.loads(done.stdout)
        free, paid = said["types"]
        return said["event"], [
            Guest(number, pk, email, token, said["event"], paid if number % 2 else free)
            for number, (pk, email, token) in enumerate(said["guests"])
        ]


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Two web processes, a worker for each lane, beat, their servers, and a mail server; all of it gone in the end."""
    port = free_port()
    with ExitStack() as stack:
        database = stack.enter_context(throwaway_postgres())
        cache = stack.enter_context(throwaway_valkey(durable=True))
        office = stack.enter_context(post_office())
        cards = stack.enter_context(stripe_server(folder, webhooks_to=f"http://127.0.0.1:{port}/webhooks/stripe"))
        environ = {
            **os.environ,
            **LEASES,
            **environ_of(cards),
            "DATABASE_URL": database.url("evently"),
            "REDIS_URL": cache.url,
            "EMAIL_URL": office.url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "BASE_URL": f"http://127.0.0.1:{port}",
            "WEB_CONCURRENCY": "2",
            "LOG_FORMAT": "json",
        }
        site = Installation(environ, database, cache, office, cards, folder)
        site.stage(1)  # makes the tables
        site.start()
        stack.callback(lambda: site.kill(*site.processes))
        wait_for(site.is_well, seconds=120, every=0.2)
        yield site
