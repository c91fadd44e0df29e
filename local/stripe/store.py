"""What the server remembers: one SQLite file, so that sessions outlive a restart."""

import json
import secrets
import sqlite3
import string
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Object = dict[str, Any]
LETTERS = string.ascii_letters + string.digits
SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, number INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS answer (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER, body TEXT,
    PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    due REAL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS message_due ON message (due);
"""


def new_id(prefix: str) -> str:
    """An id as Stripe has them: `pi_` and letters."""
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(24))


@dataclass
class Work:
    """One transaction of one account. Objects are dictionaries as the API shows them; names that begin with an
    underscore are for the server alone."""

    connection: sqlite3.Connection
    account: str
    webhooks: bool
    version: str

    def get(self, kind: str, name: str) -> Object | None:
        """An object of this account."""
        sql = "SELECT data FROM object WHERE id = ? AND kind = ? AND account = ?"
        row = self.connection.execute(sql, (name, kind, self.account)).fetchone()
        return json.loads(row[0]) if row else None

    def one(self, name: str) -> Object:
        """An object of any kind that is known to exist."""
        row = self.connection.execute("SELECT data FROM object WHERE id = ?", (name,)).fetchone()
        return json.loads(row[0])

    def all(self, kind: str) -> list[Object]:
        """All objects of this account, the newest first."""
        sql = "SELECT data FROM object WHERE kind = ? AND account = ? ORDER BY number DESC"
        return [json.loads(row[0]) for row in self.connection.execute(sql, (kind, self.account))]

    def put(self, one: Object) -> Object:
        """Keep an object as it is now."""
        self.connection.execute(
            """INSERT INTO object (id, kind, account, number, data)
            VALUES (?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM object), ?)
            ON CONFLICT (id) DO UPDATE SET data = excluded.data""",
            (one["id"], one["object"], self.account, json.dumps(one)),
        )
        return one

    def announce(self, kind: str, one: Object) -> None:
        """Write an event; it is sent once this is committed."""
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": self.version,
            "created": int(time.time()),
            "data": {"object": shown(one)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.put(event)
        self.connection.execute(
            "INSERT INTO message (account, event, kind, body, due) VALUES (?, ?, ?, ?, ?)",
            (self.account, event["id"], kind, json.dumps(event), time.time() if self.webhooks else None),
        )


class Store:
    """`webhooks` says whether events are sent by themselves; `version` is the API's, as clients ask for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.webhooks = True
        self.version = "2026-10-28.endive"
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
            connection.execute("DELETE FROM answer WHERE status IS NULL")  # the server was stopped in the middle

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """A connection that writes at once, or in a transaction that is begun."""
        with closing(sqlite3.connect(self.path, timeout=20, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection

    @contextmanager
    def work(self, account: str) -> Iterator[Work]:
        """One transaction at a time: what is read in it is true until it ends."""
        with self.connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Work(connection, account, self.webhooks, self.version)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def shown(one: Object) -> Object:
    """As the API shows it."""
    return {name: value for name, value in one.items() if not name.startswith("_")}
