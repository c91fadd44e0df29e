"""This machine: its disk, files, secrets and time zones."""

import shutil
import tempfile
import zoneinfo
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from evently.doctor import Trouble, check
from evently.doctor.servers import ask
from events.models import Event
from notifications.push import vapid
from tickets.codes import check_keys

GIBIBYTE = 1024**3
LEAST_FREE = 1 * GIBIBYTE
NEEDED = ("css/site.css", "js/live.js", "img/icon.svg")


@check("disk", cure="Make MEDIA_ROOT a folder that the web and worker processes may write to.")
def disk() -> str:
    folder = Path(settings.MEDIA_ROOT)
    if not folder.is_dir():
        raise Trouble(f"There is no folder {folder} for pictures.", "Create it, for the user that runs this.")
    with tempfile.TemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise Trouble(f"{folder} has {free / GIBIBYTE:.1f} GiB left.", "Free some space there, or move MEDIA_ROOT.")
    size = ask("SELECT pg_size_pretty(pg_database_size(current_database()))")[0]
    return f"{folder} has {free / GIBIBYTE:.0f} GiB left; the database takes {size}."


@check("static files", cure="Run `manage.py collectstatic`.")
def static_files() -> str:
    for name in NEEDED:
        if not Path(settings.STATIC_ROOT, staticfiles_storage.stored_name(name)).exists():  # type: ignore[attr-defined]
            raise Trouble(f"{name} has not been collected.", "Run `manage.py collectstatic`.")
    return f"They are in {settings.STATIC_ROOT}."


@check("secrets", cure="Correct TICKET_SIGNING_KEY and TICKET_VERIFY_KEYS: .env.example says how they are made.")
def secrets() -> str:
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10 or "local-only" in settings.SECRET_KEY:
        raise Trouble("SECRET_KEY can be guessed.", "Make one: openssl rand -base64 48. It signs everybody out.")
    check_keys()
    if not settings.METRICS_TOKEN:
        raise Trouble("Nobody can read /metrics.", "Set METRICS_TOKEN: openssl rand -hex 32.", verdict="note")
    return "They are long enough."


@check("push key", cure="Make one: `manage.py generate_vapid_keys`.")
def push() -> str:
    if not settings.VAPID_PRIVATE_KEY:
        raise Trouble("Nobody is offered push messages.", "Run `manage.py generate_vapid_keys`.", verdict="note")
    vapid.check()
    return f"Push services know this site by {vapid.public_key()[:12]}…"


@check("cards", cure="Correct STRIPE_SECRET_KEY.")
def cards() -> str:
    key = settings.STRIPE_SECRET_KEY
    if not key:
        raise Trouble(
            "Cards are taken only by teams with an account of their own.", "Set STRIPE_SECRET_KEY.", verdict="note"
        )
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise Trouble("Stripe cannot tell what was paid.", "Set STRIPE_WEBHOOK_SECRET, as Stripe shows it.")
    if "_test_" in key and settings.PRODUCTION:
        raise Trouble("Cards are pretended: the key is for tests.", "Set STRIPE_SECRET_KEY to the live one.")
    return "Stripe has a key, and a secret for what it tells."


@check("time zones", cure="Run `pip install --upgrade tzdata`.")
def time_zones() -> str:
    here = zoneinfo.available_timezones()
    unknown = set(Event.objects.order_by().values_list("timezone", flat=True).distinct()) - here
    if not here or unknown:
        raise Trouble(
            f"This machine does not know {', '.join(sorted(unknown)) or 'any time zone'}.",
            "Run `pip install --upgrade tzdata`.",
        )
    return f"{len(here)} are known."
