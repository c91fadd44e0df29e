"""What the applications find in their environment when they run on this machine."""

import base64
import os
import secrets

from local.native import BREW_FOLDERS, MACOS
from local.paths import VAR

MOST_WEB_PROCESSES = 4  # enough to see Evently run; each takes 150 MB
SECRETS = VAR / "local.env"


def local_environment() -> dict[str, str]:
    """What is set already wins; DATABASE_URL and REDIS_URL are `local.services`' to add."""
    port = os.environ.get("PORT", "8000")
    defaults = {
        "EVENTLY_ENV": "local",
        "HOST": "127.0.0.1",
        "PORT": port,
        "BASE_URL": f"http://localhost:{port}",
        "WEB_CONCURRENCY": str(min(os.cpu_count() or 1, MOST_WEB_PROCESSES)),
    }
    if os.geteuid() == 0:  # in a container, say: Celery need not warn of it at every start
        defaults["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    if MACOS:  # where Homebrew puts Pango, and the loader doesn't look
        defaults["DYLD_FALLBACK_LIBRARY_PATH"] = ":".join(BREW_FOLDERS)
    return {**defaults, **read_secrets(), **os.environ, "PYTHONUNBUFFERED": "1"}


def read_secrets() -> dict[str, str]:
    """This machine's own secrets, made once: sessions and tickets stay valid from one start to the next."""
    if not SECRETS.exists():
        write_secrets()
    lines = SECRETS.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_secrets() -> None:
    VAR.mkdir(exist_ok=True)
    signing_key = base64.b64encode(secrets.token_bytes(32)).decode()
    unfinished = SECRETS.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("# Made by `make run` for this machine alone.\n")
        file.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\nTICKET_SIGNING_KEY={signing_key}\n")
    unfinished.rename(SECRETS)
