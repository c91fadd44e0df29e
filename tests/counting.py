"""Facts in each lane whose handlers count, for worker processes outside pytest.

`celery -A tests.counting worker -B` is a worker that knows them; `python -m tests.counting post 1 2 3` announces in the
lane of post.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  Django comes first

from core.facts import Lane, fact, on  # noqa: E402
from evently.celery import app  # noqa: E402, F401  what `celery -A` looks for
from outbox.operations import announce  # noqa: E402

counted = {
    Lane.FACTS: fact("counted"),
    Lane.POST: fact("counted_in_post", lane=Lane.POST, outside=True),
    Lane.BULK: fact("counted_in_bulk", lane=Lane.BULK, outside=True),
}


@on(counted[Lane.FACTS])
@on(counted[Lane.POST])
@on(counted[Lane.BULK])
def count(*, lane: str, number: int, stall_once: str, stall_while: str) -> None:
    """Add a row. Then hang: the first time only, and say so in the file `stall_once`; or while `stall_while` exists."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO counted VALUES (%s, %s)", [lane, number])
    if stall_once and not Path(stall_once).exists():
        Path(stall_once).touch()
        time.sleep(60)
    while stall_while and Path(stall_while).exists():
        time.sleep(0.05)


if __name__ == "__main__":
    lane = Lane(sys.argv[1])
    stall = {"stall_once": os.environ.get("STALL_ONCE", ""), "stall_while": os.environ.get("STALL_WHILE", "")}
    with transaction.atomic():
        for number in sys.argv[2:]:
            announce(counted[lane], lane=lane, number=int(number), **stall)
