"""PostgreSQL's own programs, told where the database is."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from evently.backup.manifest import BackupError

# Where libpq looks for what Django knows by these names.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def run(name: str, *words: str) -> None:
    """Run one for the database of these settings. BackupError with its last words when it fails."""
    command = [str(find(name)), *words]
    environ = {**os.environ, **variables()}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()[-1500:]}")


def find(name: str) -> Path:
    """In PG_BIN, else the newest that Debian has installed, else on PATH: new enough for the server."""
    server = connection.pg_version // 10000  # type: ignore[attr-defined]  # PostgreSQL's has one
    for candidate in _candidates(name):
        if _major(candidate) >= server:
            return candidate
    raise BackupError(
        f"There is no {name} here for PostgreSQL {server}: install postgresql-client-{server}, "
        "or set PG_BIN to the folder that has it."
    )


def variables() -> dict[str, str]:
    """For libpq. pg_dump needs a session of its own, which PgBouncer in transaction mode has not: DATABASE_DIRECT_URL
    leads past it."""
    parameters: dict[str, Any] = connection.get_connection_params()
    if settings.DATABASE_DIRECT_URL:
        direct = settings.DATABASE_DIRECT
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
        parameters = {names[key]: value for key, value in direct.items() if key in names} | direct.get("OPTIONS", {})
    return {_VARIABLES[key]: str(value) for key, value in parameters.items() if key in _VARIABLES and value}


def _candidates(name: str) -> list[Path]:
    folders = [Path(settings.PG_BIN)] if settings.PG_BIN else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)
    found = [folder / name for folder in folders if (folder / name).exists()]
    return found + [Path(path) for path in [shutil.which(name)] if path]


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\d+", said)
    return int(number.group()) if number else 0
