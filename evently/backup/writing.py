"""Make a backup."""

import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from evently.backup import programs
from evently.backup.manifest import DUMP, MANIFEST, MEDIA, BackupError, Manifest, applied_migrations, count_rows, sha256


def make_backup(target: Path, *, now: datetime) -> Manifest:
    """Write the backup to `target`, which must not exist: whole or not at all. Readable by this user alone.

    The site may run meanwhile: dump and counts are of one moment. Pictures are read after it; one that is deleted in
    between is left out, and its event shows none.
    """
    if target.exists():
        raise BackupError(f"{target} exists already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        dump, archive = Path(folder, DUMP), Path(folder, "archive")
        manifest = _dump(dump, now)
        with _private(archive) as tar:
            manifest = _pack(tar, manifest, dump)
        with archive.open("rb") as written:
            os.fsync(written.fileno())
        archive.rename(target)
    return manifest


def _dump(dump: Path, now: datetime) -> Manifest:
    """pg_dump reads the snapshot of the transaction in which rows are counted."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int")
        snapshot, postgres = cursor.fetchone()
        manifest = Manifest(now.isoformat(timespec="seconds"), postgres, applied_migrations(), count_rows())
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}"]
        programs.run("pg_dump", *options)
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[tarfile.TarFile]:
    with (
        open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield tar


def _pack(tar: tarfile.TarFile, manifest: Manifest, dump: Path) -> Manifest:
    """The manifest comes last, as it names what is there."""
    files = {DUMP: _add(tar, dump, DUMP)}
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []:
        name = MEDIA + path.relative_to(root).as_posix()
        try:
            files[name] = _add(tar, path, name)
        except FileNotFoundError:
            continue
    manifest = replace(manifest, files=files)
    text = manifest.to_json()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Pack one file under a name; its SHA-256."""
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mtime = os.fstat(file.fileno()).st_size, path.stat().st_mtime
        tar.addfile(info, file)
        file.seek(0)
        return sha256(file)
