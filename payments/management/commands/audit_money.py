"""`manage.py audit_money`: does all money add up?"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payments import operations


class Command(BaseCommand):
    help = "Recount all money from receipts, refunds and bookings; fails if any differs."

    def handle(self, *args, **options):
        found = operations.audit_money(now=timezone.now())
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} things do not add up.")
        self.stdout.write("All money adds up.")
