"""Starts and stops the whole of it, on the test's own database and Redis."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.db import connection

from local.paths import ROOT
from local.run import answers
from tests.serving import environment, free_port
from tests.waiting import wait_for

PROGRAMS = ("nginx", "pgbouncer")
WEBS = 2

PGBOUNCER = """\
[databases]
* = host={sockets} user=evently
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 12
max_client_conn = 500
logfile = {folder}/pgbouncer.log
log_connections = 0
log_disconnections = 0
"""

NGINX = """\
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 32m;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream web {{ {servers} keepalive 32; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://web;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Request-ID $request_id;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_next_upstream error timeout http_503;
        }}
    }}
}}
"""


def missing() -> list[str]:
    """Which of the programs are not on this machine."""
    return [name for name in PROGRAMS if not find(name)]


def find(name: str) -> str | None:
    """Debian keeps them where only root's PATH leads."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@dataclass
class Topology:
    """What runs. `webs` are the ports of the web processes, `address` is nginx's."""

    folder: Path
    address: str
    webs: list[int]
    environ: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str, user: str | None = None, **more: str) -> None:
        """In a session of its own, by the name that `end` knows it by."""
        self.processes[name] = subprocess.Popen(
            command, cwd=ROOT, env={**self.environ, **more}, user=user, start_new_session=True
        )

    def start_web(self, port: int) -> None:
        self.start(f"web {port}", "deploy/start", "web", PORT=str(port))
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/livez"))

    def end(self, name: str, number: int = signal.SIGTERM, *, seconds: float = 30) -> None:
        """Ask it to end, and wait; whatever is left then is killed."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def hold_still(self, still: bool) -> None:
        """Stop the clock, so that nothing new is begun in the background; or let it go on. The test database is emptied
        between tests, and what is at work on it then would meet that in a deadlock."""
        os.kill(self.processes["beat"].pid, signal.SIGSTOP if still else signal.SIGCONT)

    def end_all(self) -> None:
        if "beat" in self.processes:
            self.hold_still(False)
        for name in reversed(list(self.processes)):
            self.end(name, seconds=15)


@contextmanager
def topology() -> Iterator[Topology]:
    """Once all of it answers; ended in good order."""
    with tempfile.TemporaryDirectory(prefix="topology-", dir=os.environ.get("EVENTLY_TEST_RUN")) as folder:
        bouncer, nginx, webs = free_port(), free_port(), [free_port() for _ in range(WEBS)]
        address = f"http://127.0.0.1:{nginx}"
        running = Topology(Path(folder), address, webs, _environment(bouncer, address))
        Path(folder).chmod(0o777)  # each program is another user
        try:
            _start_servers(running, bouncer, nginx)
            for port in webs:
                running.start_web(port)
            wait_for(lambda: answers(f"{address}/readyz"))
            running.start("workers", "deploy/start", "workers")
            running.start("worker", "deploy/start", "worker")
            running.start("beat", "deploy/start", "beat", TMPDIR=folder)
            yield running
        finally:
            running.end_all()


def _environment(bouncer: int, address: str) -> dict[str, str]:
    """As docs/deployment.md says for PgBouncer and one proxy."""
    return environment(
        PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        DATABASE_URL=f"postgresql://evently@127.0.0.1:{bouncer}/{connection.settings_dict['NAME']}",
        DATABASE_DIRECT_URL=environment()["DATABASE_URL"],
        DATABASE_POOL="0",
        BASE_URL=address,
        TRUSTED_PROXY_COUNT="1",
        WEB_CONCURRENCY="1",
        WORKER_PROCESSES="2",
        DRAIN_SECONDS="2",
        LOG_FORMAT="json",
        READ_CACHE_SECONDS="0.5",
    )


def _start_servers(running: Topology, bouncer: int, nginx: int) -> None:
    sockets = parse_qs(urlsplit(environment()["DATABASE_URL"]).query)["host"][0]
    server = pwd.getpwuid(Path(sockets).stat().st_uid).pw_name  # whom PostgreSQL's socket lets in
    own = {"folder": running.folder}
    ini, conf = running.folder / "pgbouncer.ini", running.folder / "nginx.conf"
    ini.write_text(PGBOUNCER.format(sockets=sockets, port=bouncer, **own))
    servers = " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in running.webs)
    conf.write_text(NGINX.format(user=server, servers=servers, port=nginx, **own))
    running.start("pgbouncer", str(find("pgbouncer")), str(ini), user=server if os.geteuid() == 0 else None)
    running.start("nginx", str(find("nginx")), "-c", str(conf), "-e", f"{running.folder}/nginx-error.log")
    time.sleep(0.2)
    for name in PROGRAMS:
        assert running.processes[name].poll() is None, f"{name} has ended"
