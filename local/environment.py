"""What the applications find in their environment when they run on this machine."""

import base64
import os
import secrets
from urllib.parse import urlsplit

from environ import Env

from local.native import BREW_FOLDERS, MACOS
from local.paths import ROOT, VAR

MOST_WEB_PROCESSES = 4  # enough to see Evently run; each takes 150 MB
SECRETS = VAR / "local.env"
STRIPE_PORT = 10000  # above the application's
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
    environ = {**defaults, **read_secrets(), **os.environ, "PYTHONUNBUFFERED": "1"}
    return environ | local_stripe(environ)


def local_stripe(environ: dict[str, str]) -> dict[str, str]:
    """Our own Stripe-protocol server, beside the application and by its name; or nothing, for Stripe itself, once
    somebody sets a key of theirs in the environment or in .env."""
    if (
        environ["EVENTLY_ENV"] == "production"
        or os.environ.get("STRIPE_SECRET_KEY")
        or written_in_env_file().get("STRIPE_SECRET_KEY")
    ):
        return {}
    port, name = stripe_port(int(environ["PORT"])), urlsplit(environ["BASE_URL"]).hostname or environ["HOST"]
    return {
        "STRIPE_API_URL": own_address(environ["HOST"], port),
        "STRIPE_PAGES_URL": address(name, port),
        "STRIPE_WEBHOOK_URL": f"{own_address(environ['HOST'], int(environ['PORT']))}/webhooks/stripe",
        **{name: environ[f"LOCAL_{name}"] for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")},
    }


def stripe_port(port: int) -> int:
    """Of our Stripe-protocol server, by the application's: 18000 for 8000. The same at each start, as people may have a
    page of it open."""
    return port + STRIPE_PORT if port + STRIPE_PORT < 65536 else port - STRIPE_PORT


def written_in_env_file() -> dict[str, str]:
    """What .env sets; the file of this folder, which the settings read too."""

    class File(Env):
        ENVIRON: dict[str, str] = {}

    File.read_env(str(ROOT / ".env"))
    return File.ENVIRON


def own_address(host: str, port: int) -> str:
    """Where this machine finds what listens at `host`."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound to
    return address(everywhere.get(host, host), port)


def address(host: str, port: int) -> str:
    """An IPv6 address goes into brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
    "LOCAL_STRIPE_SECRET_KEY": lambda: f"sk_test_local_{secrets.token_hex(16)}",
    "LOCAL_STRIPE_WEBHOOK_SECRET": lambda: f"whsec_local_{secrets.token_hex(16)}",
}
