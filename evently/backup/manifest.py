"""What stands in a backup beside the data, so that it can be checked before and after it is restored."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
MEDIA = "media/"
PIECE = 1024 * 1024
# Whose rows are counted: what people would miss.
COUNTED = (
    "accounts_user",
    "accounts_team",
    "events_event",
    "bookings_booking",
    "payments_payment",
    "payments_refund",
    "tickets_ticket",
    "waitlist_entry",
    "events_movement",
    "outbox_message",
)


class BackupError(Exception):
    """Why there is no backup, or why it is not restored: a sentence for who runs the command."""


@dataclass(frozen=True)
class Manifest:
    """`rows` by table and `migrations` by app, as at the moment of the dump; `files` by name: their SHA-256."""

    made_at: str
    postgres: int
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """To be read by people too."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """BackupError for what is none, or of a format that this code does not know."""
        try:
            said: dict[str, Any] = json.loads(text)
            known = said["format"] <= FORMAT
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError("This is no backup of Evently: its manifest can't be read.") from error
        if not known:
            raise BackupError("This backup was made by newer code: restore it with that.")
        return cls(**said)

    def unknown_migrations(self) -> list[str]:
        """Of a newer version: what this code would not understand."""
        known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        names = ((app, name) for app, names in self.migrations.items() for name in names)
        return [f"{app}.{name}" for app, name in names if (app, name) not in known]


def applied_migrations() -> dict[str, list[str]]:
    """By app, as this database has them."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def count_rows(tables: Iterable[str] = COUNTED) -> dict[str, int]:
    """How many rows each table has, for this transaction."""
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in tables}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  names of our own
    return int(cursor.fetchone()[0])


def sha256(file: IO[bytes]) -> str:
    """Of all that can still be read."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
