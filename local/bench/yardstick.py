"""pgbench: what the database alone does with one booking in one prepared, durable statement.

The statement writes the rows that our own booking writes: the claimed seats, the booking, its line, its movement,
the announcement. It decides nothing else, so it is what a server without any application around it could reach.
"""

import re
import subprocess
from pathlib import Path

from django.db import connection

from events.models import Event
from local import postgres_user
from local.postgres import ROLE

STATEMENT = """\\set n random(1, {buyers})
WITH claimed AS (
    UPDATE events_inventory SET claimed = claimed + 2
    WHERE id = {inventory} AND claimed + offered + 2 <= capacity RETURNING id
), booking AS (
    INSERT INTO bookings_booking (id, reference, event_id, customer_id, name, email, status, quantity, total,
                                  currency, created_at, confirmed_at, request_hash)
    SELECT {new_id}, left(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/', 'XY'), 10), '{event}', b.id,
           '', '', 'confirmed', 2, 0, 'EUR', now(), now(), ''
    FROM claimed, bench_buyer b WHERE b.n = :n RETURNING id
), line AS (
    INSERT INTO bookings_bookingline (booking_id, ticket_type_id, quantity, unit_price)
    SELECT id, '{ticket_type}', 2, 0 FROM booking
), movement AS (
    INSERT INTO events_movement (id, inventory_id, booking_id, reason, change, at)
    SELECT {new_id}, {inventory}, id, 'booked', 2, now() FROM booking
)
INSERT INTO outbox_message (id, fact, payload, status, attempts, available_at, last_error, created_at)
SELECT {new_id}, 'booking_confirmed', jsonb_build_object('booking_id', id), 'pending', 0, now(), '', now()
FROM booking;
"""
NUMBER_BUYERS = """CREATE TABLE IF NOT EXISTS bench_buyer AS
SELECT row_number() OVER (ORDER BY email) AS n, id FROM accounts_user WHERE email LIKE 'buyer%%'"""
INDEX_BUYERS = "CREATE UNIQUE INDEX IF NOT EXISTS bench_buyer_by_number ON bench_buyer (n)"


def prepare(event: Event, folder: Path) -> Path:
    """The script that books seats of `event` for random buyers."""
    with connection.cursor() as cursor:
        for statement in (NUMBER_BUYERS, INDEX_BUYERS, "ANALYZE bench_buyer"):
            cursor.execute(statement)
        cursor.execute("SELECT count(*), current_setting('server_version_num')::int FROM bench_buyer")
        buyers, version = cursor.fetchone()
    script = folder / "booking.sql"
    text = STATEMENT.format(
        buyers=buyers,
        event=event.pk,
        inventory=event.inventory_id,
        ticket_type=event.ticket_types.get().pk,
        new_id="uuidv7()" if version >= 180000 else "gen_random_uuid()",
    )
    variable, _, statement = text.partition("\n")
    script.write_text(f"{variable}\n{' '.join(statement.split())}\n")
    return script


def run(script: Path, sockets: Path, *, clients: int, seconds: float) -> tuple[int, float]:
    """Book by so many connections, one after the other each: how many were booked, and how many a second.

    Raises RuntimeError when pgbench fails.
    """
    pgbench = postgres_user.find_binaries() / "pgbench"
    words = [
        "-n",
        "-M",
        "prepared",
        "-c",
        str(clients),
        "-j",
        "1",
        "-T",
        str(max(1, round(seconds))),
        "-f",
        str(script),
    ]
    where = ["-h", str(sockets), "-U", ROLE, "evently"]
    done = subprocess.run([pgbench, *words, *where], capture_output=True, text=True, timeout=120, check=False)
    booked = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not booked or not rate:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()[-500:]}")
    return int(booked[1]), float(rate[1])
