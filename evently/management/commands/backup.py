"""`manage.py backup`: the database and the pictures in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evently.backup.manifest import MEDIA, BackupError
from evently.backup.writing import make_backup


class Command(BaseCommand):
    help = "Write database and pictures to one file, while the site runs. Secrets (.env) are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, help="a file that does not exist yet, or a folder for one by its date")

    def handle(self, *args: Any, **options: Any) -> None:
        now, target = timezone.now(), options["target"]
        if target.is_dir():
            target = target / f"evently-{now:%Y%m%d-%H%M%S}.tar"
        try:
            manifest = make_backup(target, now=now)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        pictures = sum(name.startswith(MEDIA) for name in manifest.files)
        size = target.stat().st_size / 1024 / 1024
        rows = sum(manifest.rows.values())
        self.stdout.write(f"{target}: {size:.1f} MiB, {rows} rows of what counts, {pictures} pictures.")
        self.stdout.write("Copy it to another place, and .env to yet another one: without its keys tickets are lost.")
