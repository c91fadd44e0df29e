"""`manage.py audit_inventory`: does every inventory add up?"""

from django.core.management.base import BaseCommand, CommandError

from bookings import operations


class Command(BaseCommand):
    help = "Recount every inventory from its bookings and movements; fails if any differs."

    def handle(self, *args, **options):
        discrepancies = operations.audit_inventory()
        for discrepancy in discrepancies:
            self.stderr.write(str(discrepancy))
        if discrepancies:
            raise CommandError(f"{len(discrepancies)} inventories do not add up.")
        self.stdout.write("Every inventory adds up.")
