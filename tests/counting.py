"""A fact whose handler counts, for worker processes outside pytest.

`celery -A tests.counting worker -B` is a worker that knows it; `python -m tests.counting 1 2 3` announces.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  Django comes first

from core.facts import fact, on  # noqa: E402
from evently.celery import app  # noqa: E402, F401  what `celery -A` looks for
from outbox.operations import announce  # noqa: E402

counted = fact("counted")


@on(counted)
def count(*, number: int, stall_once: str = "") -> None:
    """Add a row; then, the first time only, say so in the file `stall_once` and hang."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO counted VALUES (%s)", [number])
    if stall_once and not Path(stall_once).exists():
        Path(stall_once).touch()
        time.sleep(60)


if __name__ == "__main__":
    stall_once = os.environ.get("STALL_ONCE", "")
    with transaction.atomic():
        for number in sys.argv[1:]:
            announce(counted, number=int(number), stall_once=stall_once)
