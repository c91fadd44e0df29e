"""`make lint`: every check that runs no test. Says what passed, shows what did not."""

import base64
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from local.paths import ROOT
from local.pytest_services import ENVIRONMENT

PYTHON = [sys.executable, "-m"]
# --check connects to the database to compare histories and only warns when there is none.
MANAGE = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]
CHECKS = {
    "ruff check": [*PYTHON, "ruff", "check", "."],
    "ruff format": [*PYTHON, "ruff", "format", "--check", "."],
    "mypy": [*PYTHON, "mypy"],
    "import-linter": [os.path.join(os.path.dirname(sys.executable), "lint-imports")],
    "djlint": [*PYTHON, "djlint", "--lint", "--quiet", "templates"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(check, CHECKS))
    return 0 if all(passed) else 1


def check(name: str) -> bool:
    started = time.monotonic()
    environ = {**os.environ, **(production() if name == "deployment" else ENVIRONMENT)}
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    shown = "" if done.returncode == 0 else done.stdout + done.stderr + "\n"
    print(f"{name:14} {verdict:7} {time.monotonic() - started:5.1f} s\n{shown}", end="", flush=True)
    return done.returncode == 0


def production() -> dict[str, str]:
    """A complete production environment, with secrets to throw away and servers nobody calls."""
    return {
        "EVENTLY_ENV": "production",
        "BASE_URL": "https://evently.example",
        "ALLOWED_HOSTS": "evently.example",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TICKET_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": "postgresql://evently@localhost/evently",
        "REDIS_URL": "redis://localhost:6379/0",
    }


if __name__ == "__main__":
    sys.exit(main())
