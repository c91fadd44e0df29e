"""A backup, made while the site runs, and restored into empty databases by the commands that people use."""

import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from evently.backup import manifest as manifests
from evently.backup.manifest import BackupError
from evently.backup.programs import find, variables
from evently.backup.reading import check_backup, restore_backup
from evently.backup.writing import make_backup
from local.paths import ROOT
from local.postgres_user import find_binaries
from tests.factories import make_booking, make_event, make_hold, make_place
from tests.serving import environment

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = {
    "bookings": "SELECT id, reference, status, quantity, total, created_at FROM bookings_booking ORDER BY id",
    "seats": "SELECT id, capacity, claimed, held, offered, waiting FROM events_inventory ORDER BY id",
    "movements": "SELECT id, inventory_id, change, reason FROM events_movement ORDER BY id",
    "line": "SELECT id, number, status, joined_at FROM waitlist_entry ORDER BY id",
    "messages": "SELECT id, fact, payload, status, request_id FROM outbox_message ORDER BY id",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'evently%' ORDER BY proname",
    "indexes": "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
    "constraints": "SELECT conname, contype, conrelid::regclass::text FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 3",
}


@pytest.fixture(autouse=True)
def here(settings, tmp_path):
    """PostgreSQL's programs, and a media folder of this test's own."""
    settings.PG_BIN = str(find_binaries())
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media/covers").mkdir(parents=True)
    (tmp_path / "media/covers/jazz.webp").write_bytes(b"a picture")


@pytest.fixture
def life():
    """A bit of everything: bookings, a basket, somebody in line."""
    event = make_event(capacity=20)
    for quantity in (1, 2, 3):
        make_booking(event, quantity=quantity)
    make_hold(event, quantity=2)
    make_place()


def address(database: str) -> str:
    """Of a database beside the test's own."""
    url, _, query = environment()["DATABASE_URL"].partition("?")
    return f"{url.rpartition('/')[0]}/{database}?{query}"


@contextmanager
def empty_database() -> Iterator[str]:
    """Its address; dropped in the end."""
    name = f"{connection.settings_dict['NAME']}_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield address(name)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(url: str, media: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """manage.py for another installation."""
    environ = {**os.environ, "DATABASE_URL": url, "MEDIA_ROOT": str(media), "PG_BIN": str(find_binaries())}
    command = [sys.executable, "manage.py", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=200, check=False)


def look(url: str, what: str) -> list[tuple]:
    with psycopg.connect(url) as opened:
        return opened.execute(ROWS[what]).fetchall()


@pytest.mark.slow
def test_what_is_restored_is_what_was_there_and_an_older_one_is_migrated(life, tmp_path):
    target = tmp_path / "backup.tar"
    call_command("backup", str(target))
    assert target.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "media"]

    with empty_database() as copy, empty_database() as third:
        restored = manage(copy, tmp_path / "restored", "restore", target)
        assert restored.returncode == 0, restored.stderr
        assert "seats and money add up" in restored.stdout
        own = address(connection.settings_dict["NAME"])
        for what in ROWS:
            assert look(copy, what) == look(own, what), what
        assert look(copy, "bookings")
        assert (tmp_path / "restored/covers/jazz.webp").read_bytes() == b"a picture"

        again = manage(copy, tmp_path / "elsewhere", "restore", target)
        assert again.returncode == 1
        assert "restore into an empty one" in again.stderr

        older, before = tmp_path / "older.tar", look(copy, "bookings")
        assert manage(copy, tmp_path / "restored", "migrate", "outbox", "0004").returncode == 0
        assert manage(copy, tmp_path / "restored", "backup", older).returncode == 0
        migrated = manage(third, tmp_path / "third", "restore", older)
        assert migrated.returncode == 0, migrated.stderr
        assert look(third, "bookings") == before
        assert look(third, "messages") == look(own, "messages")


def made(tmp_path: Path) -> Path:
    make_backup(target := tmp_path / "backup.tar", now=timezone.now())
    return target


def spoilt(source: Path, name: str, content: bytes | None) -> Path:
    """The same backup with one file changed, left out, or added."""
    target = source.with_name("spoilt.tar")
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            if member.name != name:
                new.addfile(member, old.extractfile(member))
        if content is not None:
            (changed := source.with_name("changed")).write_bytes(content)
            new.add(changed, name)
    return target


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("media/covers/jazz.webp", b"another picture", "media/covers/jazz.webp in .* is damaged"),
        ("media/covers/jazz.webp", None, "media/covers/jazz.webp is missing"),
        ("database.dump", b"", "database.dump in .* is damaged"),
        ("media/../../.bashrc", b"echo", "is not of it"),
        ("manifest.json", None, "it has no manifest"),
        ("manifest.json", b"[]", "its manifest can't be read"),
        ("manifest.json", b'{"format": 99}', "was made by newer code"),
    ],
)
def test_a_backup_that_is_not_what_it_was_is_refused(tmp_path, name, content, refusal):
    source = spoilt(made(tmp_path), name, content)
    with pytest.raises(BackupError, match=refusal):
        check_backup(source)
    with pytest.raises(CommandError, match=refusal):
        call_command("restore", str(source))


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("not a backup")
    for name in ("note.txt", "nowhere.tar"):
        with pytest.raises(CommandError, match="can't be read as a backup"):
            call_command("restore", str(tmp_path / name))


def test_one_of_newer_code_is_refused_before_anything_is_touched(tmp_path, monkeypatch):
    found = {**manifests.applied_migrations(), "outbox": ["0001_initial", "9999_of_tomorrow"]}
    monkeypatch.setattr("evently.backup.writing.applied_migrations", lambda: found)
    with pytest.raises(BackupError, match="is of newer code, which has outbox.9999_of_tomorrow"):
        restore_backup(made(tmp_path), now=timezone.now())


def test_it_never_writes_over_what_is_there(tmp_path):
    target = made(tmp_path)
    with pytest.raises(BackupError, match="exists already"):
        make_backup(target, now=timezone.now())
    with pytest.raises(BackupError, match="tables already: restore into an empty one"):
        restore_backup(target, now=timezone.now())


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path, settings):
    settings.PG_BIN = ""
    settings.DATABASE_DIRECT_URL = "postgresql://nobody@/nowhere?host=/nowhere"
    settings.DATABASE_DIRECT = {"HOST": "/nowhere", "USER": "nobody", "NAME": "nowhere"}
    settings.PG_BIN = str(find_binaries())
    with pytest.raises(BackupError, match="pg_dump failed"):
        make_backup(tmp_path / "backup.tar", now=timezone.now())
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_programs_that_are_too_old_for_the_server_are_not_used(settings, tmp_path):
    old = tmp_path / "old/pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    settings.PG_BIN = str(old.parent)
    assert _found_or_refusal() != old


def _found_or_refusal() -> Path | str:
    try:
        return find("pg_dump")
    except BackupError as refusal:
        return str(refusal)


def test_a_way_past_the_pooler_is_taken_where_there_is_one(settings):
    settings.DATABASE_DIRECT_URL = "postgresql://a:b@db:5432/evently?sslmode=require"
    settings.DATABASE_DIRECT = {
        "HOST": "db", "PORT": 5432, "USER": "a", "PASSWORD": "b", "NAME": "evently", "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip
    direct = {"PGHOST": "db", "PGPORT": "5432", "PGUSER": "a", "PGPASSWORD": "b", "PGDATABASE": "evently"}
    assert variables() == {**direct, "PGSSLMODE": "require"}


def test_a_check_reads_all_of_it_and_changes_nothing(tmp_path, capsys):
    target = made(tmp_path)
    capsys.readouterr()
    call_command("restore", str(target), check=True)
    assert capsys.readouterr().out.startswith("It is whole: of ")
