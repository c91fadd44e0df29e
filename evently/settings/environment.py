"""Where settings are read from: the environment, `.env`, and `var/local.env` on a laptop.

`EVENTLY_ENV` is `local` (the default: a laptop), `test`, or `production`. Production has no
defaults for secrets and addresses: a missing one stops the start with a sentence that names it.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if env.str("EVENTLY_ENV", "") != "test":  # tests bring their own environment, and must never meet a real one
    env.read_env(str(BASE_DIR / ".env"))
ENVIRONMENT = env.str("EVENTLY_ENV", "local")
if ENVIRONMENT not in ("local", "test", "production"):
    raise ImproperlyConfigured(f"EVENTLY_ENV is local, test or production, not {ENVIRONMENT!r}.")
PRODUCTION = ENVIRONMENT == "production"
if ENVIRONMENT == "local":
    env.read_env(str(VAR_DIR / "local.env"))


def required(name: str, local_value: str) -> str:
    """An environment variable that production must set; elsewhere `local_value` will do."""
    value: str = env.str(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it (see .env.example).")
    return local_value
