from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from notifications.push import vapid


class Command(BaseCommand):
    """For whoever sets up a site that pushes."""

    help = "Make the key by which push services know this site, and print it as lines for .env."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--subject", help="whom a push service may write to: mailto:… or https://…")

    def handle(self, *args: object, **options: str | None) -> None:
        """Two lines to copy. A new key ends all subscriptions: keep the one you have."""
        host = urlsplit(settings.BASE_URL).hostname or ""
        host = host if "." in host else "localhost"
        self.stdout.write(f"VAPID_PRIVATE_KEY={vapid.new_private_key()}")
        self.stdout.write(f"VAPID_SUBJECT={options['subject'] or f'mailto:admin@{host}'}")
