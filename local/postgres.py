"""An embedded PostgreSQL: the database of a local run or of the tests."""

import os
import re
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psutil

from local import postgres_user
from local.native import MACOS
from local.paths import LocalError, make_private, socket_folder
from local.processes import end, is_alive, is_anyone_in, names_a_live_process, server_in, wait_until

ROLE = "evently"
SETTINGS = """\
# Written at every start by local/postgres.py.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
"""
# Test data is worth nothing after a power cut. A commit still outlives a SIGKILL: tests rely on that. A test that waits
# for what another has forgotten to end fails, instead of waiting for ever.
CARELESS = """\
fsync = off
full_page_writes = off
lock_timeout = '180s'
idle_in_transaction_session_timeout = '300s'
"""


class PostgreSQL:
    """One cluster, owned by the role `evently`. Not `durable`: quick, and lost with the machine's power."""

    def __init__(self, home: Path, *, durable: bool = True):
        self.user = postgres_user.pick(home)
        self.home = postgres_user.reachable_home(home, self.user)
        self.durable = durable
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.sockets = socket_folder(self.home)

    def url(self, database: str) -> str:
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.sockets))}"

    def start(self) -> None:
        """Adopt the server that answers; else clear away what is left of the last one and start a new one."""
        if self.answers():
            return
        if (unheard := self.process()) and not wait_until(self.answers, seconds=10, every=0.2):
            end(unheard, grace=10)
        if not self.answers():
            self._launch()

    def stop(self) -> None:
        if not (process := self.process()):
            return
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30", "-s")
        if is_alive(process):
            end(process, grace=5)

    def kill(self) -> None:
        """Stop it as a crash would: SIGKILL, no farewell."""
        if process := self.process():
            process.kill()
            wait_until(lambda: not is_alive(process), seconds=5)

    def discard(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def process(self) -> psutil.Process | None:
        return server_in(self.data, pid_file=self.data / "postmaster.pid", names=("postgres",))

    def answers(self) -> bool:
        if not (self.sockets / ".s.PGSQL.5432").exists():
            return False
        asked = ("-q", "-t", "2", "-h", self.sockets, "-U", ROLE, "-d", "postgres")
        return self._run("pg_isready", *asked).returncode == 0

    def sql(self, statement: str) -> list[str]:
        """Run one statement as the owner; its rows as text."""
        words = ("-X", "-q", "-A", "-t", "-h", self.sockets, "-U", ROLE, "-d", "postgres", "-c", statement)
        done = self._run("psql", *words)
        if done.returncode:
            raise LocalError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def ensure_database(self, name: str) -> None:
        if name not in self.sql("SELECT datname FROM pg_database"):
            self.sql(f'CREATE DATABASE "{name}"')

    def _launch(self) -> None:
        owner = self.user.pw_uid if self.user else os.geteuid()
        group = self.user.pw_gid if self.user else os.getegid()
        make_private(self.home, owner=owner, group=group)
        make_private(self.sockets, owner=owner, group=group)
        self._check_version() if self.data.exists() else self._initdb()
        self._write_settings()
        self._forget_reused_pids()
        # After a SIGKILL the old backends need a moment to notice; until then a new server is refused.
        for _ in range(10):
            self._run("pg_ctl", "start", "-D", self.data, "-l", self.log, "-w", "-t", "60", "-s")
            if wait_until(self.answers, seconds=0.5, every=0.1):
                return
        last_words = self.log.read_text()[-800:] if self.log.exists() else "(none)"
        raise LocalError(f"PostgreSQL did not start. Its last words, in {self.log}:\n{last_words}")

    def _initdb(self) -> None:
        """Make the cluster beside its place, then move it: an interrupted one is never taken for whole."""
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # Sorted and folded by PostgreSQL itself where it can be: the same on every machine.
        locale = [f"--locale={'en_US.UTF-8' if MACOS else 'C.UTF-8'}"]
        if self._major() >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["--encoding=UTF8", f"--username={ROLE}", "--auth=trust", "--no-instructions"]
        done = self._run("initdb", "-D", unfinished, *locale, *options)
        if done.returncode:
            raise LocalError(f"initdb failed: {done.stderr.strip()}")
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("include 'evently.conf'\n")
        unfinished.rename(self.data)

    def _write_settings(self) -> None:
        text = SETTINGS.format(sockets=str(self.sockets).replace("'", "''"))
        conf = self.data / "evently.conf"
        conf.write_text(text if self.durable else text + CARELESS)
        conf.chmod(0o644)  # written by root, read by PostgreSQL's user

    def _forget_reused_pids(self) -> None:
        """PostgreSQL won't start while its pid file names a live process, even another program that got the number.

        Nothing else is a reason to delete the file: it also leads to backends that outlive a killed server.
        """
        if wait_until(lambda: not is_anyone_in(self.data, names=("postgres",)), seconds=10, every=0.2):
            for lock in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
                if names_a_live_process(lock):
                    lock.unlink()

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self._major():
            raise LocalError(
                f"{self.data} was made by PostgreSQL {made_by}, this is {self._major()}: "
                "`make reset` starts afresh and deletes the data; PG_BIN=/old/version/bin keeps it."
            )

    def _major(self) -> int:
        version = self._run("postgres", "--version").stdout
        found = re.search(r"\d+", version)
        if not found:
            raise LocalError(f"{self._binaries / 'postgres'} does not run here.")
        return int(found.group())

    @cached_property
    def _binaries(self) -> Path:
        return postgres_user.runnable(postgres_user.find_binaries(), self.home, self.user)

    def _run(self, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return postgres_user.run([self._binaries / program, *words], self.user)
