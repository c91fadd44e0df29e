"""Check a backup, and restore it into an empty database."""

import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bookings.operations import audit_inventory
from evently.backup import programs
from evently.backup.manifest import DUMP, MANIFEST, MEDIA, BackupError, Manifest, count_rows, sha256
from payments.operations import audit_money


@dataclass(frozen=True)
class Restored:
    """What was restored, and what does not add up in it; `to_deliver`: messages that workers will deliver now."""

    manifest: Manifest
    faults: list[str]
    to_deliver: int


def check_backup(source: Path) -> Manifest:
    """Read all of it. BackupError unless every file is there, and is what it was."""
    with _opened(source) as tar:
        manifest = _manifest(tar)
        names = {member.name for member in tar.getmembers()} - {MANIFEST}
        for name, expected in manifest.files.items():
            if name not in names:
                raise BackupError(f"{name} is missing in {source}.")
            file = tar.extractfile(name)
            if file is None or sha256(file) != expected:
                raise BackupError(f"{name} in {source} is damaged.")
        if foreign := names - manifest.files.keys():
            raise BackupError(f"{sorted(foreign)[0]} in {source} is not of it.")
    return manifest


def restore_backup(source: Path, *, now: datetime) -> Restored:
    """Restore into a database without tables and a media folder without files. BackupError, having changed nothing,
    when they are not empty, or the backup is damaged or of newer code; one that is of older code is migrated."""
    manifest = check_backup(source)
    if unknown := manifest.unknown_migrations():
        raise BackupError(f"This backup is of newer code, which has {unknown[0]}: deploy that, then restore.")
    _demand_empty()
    with tempfile.TemporaryDirectory(prefix="restore-") as folder, _opened(source) as tar:
        tar.extract(DUMP, folder, filter="data")
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        programs.run("pg_restore", *options, f"--dbname={programs.variables()['PGDATABASE']}", str(Path(folder, DUMP)))
        _restore_media(tar, manifest)
    connection.close()  # what it knew of an empty database
    faults = [
        f"{table} has {count} rows and had {manifest.rows[table]}."
        for table, count in count_rows(manifest.rows).items()
        if count != manifest.rows[table]
    ]
    call_command("migrate", interactive=False, verbosity=0)
    faults += [str(discrepancy) for discrepancy in audit_inventory()] + audit_money(now=now)
    return Restored(manifest, faults, _to_deliver())


def _opened(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source, "r:")
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} can't be read as a backup: {error}.") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    try:
        file = tar.extractfile(MANIFEST)
    except (KeyError, tarfile.TarError) as error:
        raise BackupError("This is no whole backup of Evently: it has no manifest.") from error
    return Manifest.from_json(file.read() if file else b"")


def _demand_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()[0]
    if tables:
        raise BackupError(f"The database has {tables} tables already: restore into an empty one.")
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir() and any(path.is_file() for path in root.rglob("*")):
        raise BackupError(f"{root} has files already: set MEDIA_ROOT to an empty folder.")


def _restore_media(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Beside its place first, then moved: the data filter refuses names that lead elsewhere."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=root) as folder:
        for name in manifest.files:
            if name.startswith(MEDIA):
                tar.extract(name, folder, filter="data")
        unpacked = Path(folder, MEDIA)
        for path in unpacked.iterdir() if unpacked.is_dir() else []:
            shutil.move(path, root / path.name)


def _to_deliver() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_message WHERE status = 'pending'")
        return int(cursor.fetchone()[0])
