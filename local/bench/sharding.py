"""A prototype: one hot event whose seats lie in one row, against the same seats spread over several.

    .venv/bin/python -m local.bench.sharding

`docs/scaling.md` says when it pays. Batches go to the database from several connections, as they would from
several web processes. Each takes its seats from its own shard and, when that has too few, from all of them: so
nobody hears "sold out" while there are seats anywhere, and a shard's end is not the event's. FLUSH adds the
milliseconds that a commit takes on slower disks or with a synchronous replica, where the row's lock is held.
"""

import sys
import threading
import time
from collections.abc import Callable
from itertools import product
from statistics import median

import psycopg

from local.paths import LocalError
from local.postgres import PostgreSQL
from local.services import private_folder

SCHEMA = """
CREATE TABLE shard (n int PRIMARY KEY, capacity int NOT NULL, claimed int NOT NULL DEFAULT 0,
                    CHECK (claimed BETWEEN 0 AND capacity)) WITH (fillfactor = 50);
CREATE TABLE booking (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer uuid NOT NULL DEFAULT gen_random_uuid(),
                      seats int NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON booking (customer);

-- Books `parties` parties of `seats` in one transaction: from one's own shard, all or NULL; or, without a shard of
-- one's own, as many as fit into all of them. Two calls, because a conditional UPDATE that had to wait for the row
-- keeps its lock even when the condition then fails: locking all shards in order after that is a deadlock.
CREATE FUNCTION take(own int, parties int, seats int, flush float) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    taken int := parties;
    rest  int;
    one   record;
BEGIN
    IF own IS NOT NULL THEN
        UPDATE shard SET claimed = claimed + parties * seats
         WHERE n = own AND claimed + parties * seats <= capacity;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    ELSE
        PERFORM 1 FROM shard ORDER BY n FOR NO KEY UPDATE;
        SELECT least(parties, sum(capacity - claimed) / seats) INTO taken FROM shard;
        rest := taken * seats;
        FOR one IN SELECT * FROM shard WHERE claimed < capacity ORDER BY n LOOP
            EXIT WHEN rest = 0;
            UPDATE shard SET claimed = claimed + least(rest, capacity - claimed) WHERE n = one.n;
            rest := rest - least(rest, one.capacity - one.claimed);
        END LOOP;
    END IF;
    INSERT INTO booking (seats) SELECT take.seats FROM generate_series(1, taken);
    IF flush > 0 THEN
        PERFORM pg_sleep(flush / 1000);
    END IF;
    RETURN taken;
END $$;
"""
SHARDS, CONNECTIONS, BATCHES, FLUSHES = (1, 4, 16), (1, 4, 8), (1, 50), (0, 5)
SECONDS, ROUNDS, SEATS = 1.0, 3, 2
PLENTY, FEW = 100_000_000, 4_001  # an odd number of seats for parties of two: the last one stays free


def main() -> None:
    with private_folder() as folder:
        server = PostgreSQL(folder / "postgres", durable=True)
        server.start()
        try:
            server.ensure_database("prototype")
            with psycopg.connect(server.url("prototype"), autocommit=True) as admin:
                admin.execute(SCHEMA)
                measure(server.url("prototype"), admin)
        finally:
            server.discard()


def measure(url: str, admin: psycopg.Connection) -> None:
    print("bookings a second; each batch is one transaction")
    print(
        f"{'flush':>8} {'batch':>6} {'connections':>12} "
        + " ".join(f"{n:>3} row{'s' if n > 1 else ' '}" for n in SHARDS)
    )
    for flush, batch, connections in product(FLUSHES, BATCHES, CONNECTIONS):
        rates = [
            median(rate(url, admin, shards, connections, batch, flush) for _ in range(ROUNDS)) for shards in SHARDS
        ]
        print(f"{flush:>5} ms {batch:>6} {connections:>12} " + " ".join(f"{one:>8,.0f}" for one in rates), flush=True)
    for shards in SHARDS:
        check_the_end(url, admin, shards)
    print(f"the last of {FEW:,} seats: every party of two was taken that could be, with {SHARDS} rows")


def rate(url: str, admin: psycopg.Connection, shards: int, connections: int, batch: int, flush: float) -> float:
    """Bookings a second while there is plenty."""
    fill(admin, PLENTY, shards)
    until = time.monotonic() + SECONDS
    taken = together(url, shards, connections, batch, flush, lambda took: time.monotonic() < until)
    return taken / SECONDS


def check_the_end(url: str, admin: psycopg.Connection, shards: int) -> None:
    """Rush until nobody gets anything: no seat too many, and none kept back in a shard."""
    fill(admin, FEW, shards)
    taken = together(url, shards, 8, 7, 0, lambda took: took > 0)
    [claimed] = admin.execute("SELECT sum(claimed) FROM shard").fetchone() or [None]
    [booked] = admin.execute("SELECT count(*) FROM booking").fetchone() or [None]
    if not taken == booked == FEW // SEATS or claimed != booked * SEATS:
        raise LocalError(f"{shards} shards: {taken} told, {booked} booked, {claimed} of {FEW} seats claimed.")


def fill(admin: psycopg.Connection, capacity: int, shards: int) -> None:
    """An event without bookings, its seats spread evenly."""
    admin.execute("TRUNCATE shard, booking")
    share, rest = divmod(capacity, shards)
    for n in range(shards):
        admin.execute("INSERT INTO shard (n, capacity) VALUES (%s, %s)", [n, share + (n < rest)])


def together(url: str, shards: int, connections: int, batch: int, flush: float, go_on: Callable[[int], bool]) -> int:
    """Batches from so many connections at once, each for as long as it wants to go on; the parties taken."""
    taken = [0] * connections

    def rush(number: int) -> None:
        with psycopg.connect(url, autocommit=True) as lane:
            took = 1
            while go_on(took):
                took = take(lane, number % shards, batch, flush)
                taken[number] += took

    threads = [threading.Thread(target=rush, args=[number]) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken)


def take(lane: psycopg.Connection, own: int, batch: int, flush: float) -> int:
    """The parties that one batch has got: from its own shard, else from all of them."""
    for shard in (own, None):
        row = lane.execute("SELECT take(%s, %s, %s, %s)", [shard, batch, SEATS, flush]).fetchone()
        if row and row[0] is not None:
            return int(row[0])
    return 0


if __name__ == "__main__":
    try:
        main()
    except LocalError as error:
        sys.exit(str(error))
