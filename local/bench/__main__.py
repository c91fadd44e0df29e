"""`make bench ARGS="…"`: servers of its own, then the measuring, then nothing is left."""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import django

from local.apps import end_strays
from local.bench.scale import Asked
from local.bench.telling import tell
from local.environment import local_environment
from local.locks import try_lock
from local.paths import VAR, LocalError
from local.postgres import PostgreSQL
from local.run import is_free
from local.valkey import Valkey

HOME = VAR / "bench"
PORTS = range(8320, 8400)


def main(words: list[str]) -> int:
    asked = arguments().parse_args(words)
    if asked.of:
        return tell([json.loads(Path(file).read_text()) for file in asked.of], write=asked.write)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # a Ctrl-C, so that all is stopped in good order
    with folder() as home, servers(home) as (database, environ):
        os.environ.update(environ)
        os.environ["DJANGO_SETTINGS_MODULE"] = "evently.settings"
        django.setup()
        measure = import_module("local.bench.measure")  # not sooner: it needs the models
        return int(measure.run(what(asked), database, environ, home))


def what(asked: argparse.Namespace) -> Asked:
    return Asked(asked.quick, asked.growth, asked.rounds, tuple(asked.only), asked.write, asked.results)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="How fast Evently is on this machine.")
    parser.add_argument("--quick", action="store_true", help="one short round with small crowds: does it work?")
    parser.add_argument("--growth", action="store_true", help="instead: the same with more and more in the database")
    parser.add_argument("--rounds", type=int, help="how often all is measured (default 3); the table has medians")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="KEY", help="sections whose key begins so: book. read."
    )
    parser.add_argument("--results", type=Path, default=HOME, metavar="FOLDER", help="for the JSON (default var/bench)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--of", nargs="+", metavar="JSON", help="measure nothing: the table of these earlier runs")
    return parser


@contextmanager
def folder() -> Iterator[Path]:
    """One for the servers and logs of this run: in var/bench, or among a test run's own."""
    if tests := os.environ.get("EVENTLY_TEST_RUN"):
        with tempfile.TemporaryDirectory(prefix="own-", dir=tests) as own:
            Path(own).chmod(0o711)  # PostgreSQL's user has to pass through
            yield Path(own)
        return
    home = HOME / "servers"
    home.mkdir(parents=True, exist_ok=True)
    lock = try_lock(HOME / "bench.lock")
    if lock is None:
        raise LocalError("A bench is running in this folder already.")
    with lock:
        end_strays(home)
        yield home


@contextmanager
def servers(home: Path) -> Iterator[tuple[PostgreSQL, dict[str, str]]]:
    """PostgreSQL, durable as in production, and Valkey: empty, with what a killed bench has left cleared away."""
    database, cache = PostgreSQL(home / "postgres"), Valkey(home / "valkey", durable=False)
    with ExitStack() as stack:
        for server in (database, cache):
            server.discard()
            server.start()
            stack.callback(server.discard)
        database.ensure_database("evently")
        port = next(port for port in PORTS if is_free("127.0.0.1", port))
        yield (
            database,
            {
                **{name: value for name, value in local_environment().items() if not name.startswith("STRIPE_")},
                **{"DATABASE_URL": database.url("evently"), "REDIS_URL": cache.url},
                **{"HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"},
                **{"EVENTLY_ENV": "local", "RATE_LIMITS": "yes", "LOG_FORMAT": "json"},
                "LIVE_PER_ADDRESS": "100000",  # the crowd of live pages comes from one
                "TRUSTED_PROXY_COUNT": "1",  # so that readers may come from many
            },
        )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
