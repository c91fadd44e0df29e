"""`make run`: servers, database, sample data, then web, workers and beat until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable

from local import native, services
from local.apps import App, end_strays, run_together
from local.environment import local_environment, own_address, stripe_port
from local.locks import try_lock
from local.paths import ROOT, VAR, LocalError

LOCK = VAR / "run.lock"
PID_FILE = VAR / "run.pid"
# Quiet: what they say at every task would drown the address people look for.
CELERY = ["celery", "-A", "evently", "--quiet"]
READY = """
  Evently is running at {url}

  Sign in as  admin@evently.local       everything, and the admin at {url}/admin/
              organizer@evently.local   an organiser's events
              attendee@evently.local    someone who books
  Password    evently-demo
  Mail        is kept at {url}/inbox, unless you set EMAIL_URL
  Cards       are pretended, and no money moves, unless you set STRIPE_SECRET_KEY

  Ctrl-C stops it. Your data stays in var/.
"""


def main() -> int:
    lock = try_lock(LOCK)
    if lock is None:
        raise LocalError("Evently is already running from this folder. `make stop` stops it.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # until the applications run, they are a Ctrl-C
    with lock:
        PID_FILE.write_text(f"{os.getpid()}\n")
        end_strays()
        environ = local_environment()
        check_port(environ["HOST"], int(environ["PORT"]), with_stripe="STRIPE_API_URL" in environ)
        native.require_pango()
        with services.running(environ):
            prepare(environ)
            return run_together(applications(environ), environ, each_moment=announcer(environ))


def check_port(host: str, port: int, *, with_stripe: bool = False) -> None:
    """The application's, and that of the local Stripe server beside it."""

    def taken(port: int) -> list[int]:
        wanted = [port, stripe_port(port)] if with_stripe else [port]
        return [one for one in wanted if not is_free(host, one)]

    if in_use := taken(port):
        free = next(other for other in range(port + 1, port + 1000) if not taken(other))
        raise LocalError(f"Port {in_use[0]} is used by another program. Run: PORT={free} make run")


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((host, port))
        except OSError:
            return False
    return True


def prepare(environ: dict[str, str]) -> None:
    print("Preparing the database …", flush=True)
    done = subprocess.run([sys.executable, "-m", "local.prepare"], cwd=ROOT, env=environ, check=False)
    if done.returncode:
        raise LocalError("Evently could not be prepared; the reason is above.")


def applications(environ: dict[str, str]) -> list[App]:
    web = ["uvicorn", "evently.asgi:application", "--host", environ["HOST"], "--port", environ["PORT"]]
    # As many workers as WEB_CONCURRENCY says.
    web += [
        "--loop",
        "evently.loop:Loop",
        "--ws",
        "websockets-sansio",
        "--ws-per-message-deflate",
        "false",
        "--ws-max-size",
        "16384",
        "--backlog",
        "4096",
        "--timeout-graceful-shutdown",
        "10",
    ]
    # Whose word counts about the client's address, TRUSTED_PROXY_COUNT says.
    web += ["--no-server-header", "--no-access-log", "--no-proxy-headers"]
    # Beat's own pid file would keep it from starting after a crash; run.lock sees to it that there is one.
    beat = [*CELERY, "beat", "-l", "warning", "-s", str(VAR / "celerybeat-schedule"), "--pidfile="]
    named = {
        "web": web,
        "worker": worker("facts", "-Q", "celery", "--concurrency", "2"),
        **post_workers(),
        "beat": beat,
    }
    if "STRIPE_API_URL" in environ:
        named["stripe"] = ["local.stripe"]
    return [App(name, [sys.executable, "-m", *command]) for name, command in named.items()]


def post_workers() -> dict[str, list[str]]:
    """They wait for mail and push servers: threads do, and a worker for each lane, so that bulk delays no ticket."""
    return {
        "post": worker("post", "-Q", "post", "--pool", "threads", "--concurrency", "4"),
        "bulk": worker("bulk", "-Q", "bulk", "--pool", "threads", "--concurrency", "2"),
    }


def worker(name: str, *pool: str) -> list[str]:
    return [*CELERY, "worker", "-l", "warning", "-n", f"{name}@%h", *pool]


def announcer(environ: dict[str, str]) -> Callable[[], None]:
    """Says once where Evently is to be found, as soon as it answers there."""
    waiting = [f"{address(environ)}/livez"]

    def announce() -> None:
        if waiting and answers(waiting[0]):
            waiting.clear()
            print(READY.format(url=environ["BASE_URL"]), flush=True)

    return announce


def address(environ: dict[str, str]) -> str:
    """Where this machine finds it, whatever name others call it by."""
    return own_address(environ["HOST"], int(environ["PORT"]))


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310  our own address
            return response.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LocalError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
