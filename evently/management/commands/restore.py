"""`manage.py restore`: a backup into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evently.backup.manifest import BackupError
from evently.backup.reading import check_backup, restore_backup


class Command(BaseCommand):
    help = "Restore a backup into an empty database and an empty MEDIA_ROOT, migrate it, and audit it."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--check", action="store_true", help="read all of it, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                manifest = check_backup(options["source"])
                self.stdout.write(f"It is whole: of {manifest.made_at}, {len(manifest.files)} files.")
                return
            restored = restore_backup(options["source"], now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        for fault in restored.faults:
            self.stderr.write(fault)
        if restored.faults:
            raise CommandError(f"It is restored, but {len(restored.faults)} things do not add up.")
        self.stdout.write(f"Restored as it was at {restored.manifest.made_at}; seats and money add up.")
        self.stdout.write(f"Workers will deliver {restored.to_deliver} messages once they run.")
