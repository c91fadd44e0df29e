"""What the applications find in their environment when they run on this machine."""

import base64
import os
import secrets

from local.native import BREW_FOLDERS, MACOS
from local.paths import VAR

MOST_WEB_PROCESSES = 4  # enough to see Evently run; each takes 150 MB
SECRETS = VAR / "local.env"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


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
    """This machine's own secrets, each made once: sessions, tickets and subscriptions stay valid from one start to the
    next."""
    lines = SECRETS.read_text().splitlines() if SECRETS.exists() else []
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    if missing := {name: make() for name, make in MADE.items() if name not in found}:
        found |= missing
        write_secrets(found)
    return found


def write_secrets(found: dict[str, str]) -> None:
    """Whole or not at all; nobody else may read them."""
    VAR.mkdir(exist_ok=True)
    unfinished = SECRETS.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("# Made by `make run` for this machine alone.\n")
        file.writelines(f"{name}={value}\n" for name, value in found.items())
    unfinished.replace(SECRETS)


def vapid_key() -> str:
    """A P-256 key as push services know senders by: a number below the curve's order (FIPS 186-5, A.2.2)."""
    number = secrets.randbelow(P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


MADE = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "TICKET_SIGNING_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "VAPID_PRIVATE_KEY": vapid_key,
}
