from django.core.management.base import BaseCommand

from tickets import codes


class Command(BaseCommand):
    """For whoever sets up a scanner."""

    help = "Print the public key that verifies ticket codes offline (base64 of 32 bytes)."

    def handle(self, *args: object, **options: object) -> None:
        """One line, so that it can be piped."""
        self.stdout.write(codes.public_key())
