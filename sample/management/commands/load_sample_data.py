"""`manage.py load_sample_data`: a programme to look around in, for a laptop."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sample.load import is_loaded, is_over, load


class Command(BaseCommand):
    help = "Load sample people, events and bookings, once. Refuses in production: the password is public."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("Sample data is not for production: its password is public. Nothing was done.")
        now = timezone.now()
        if not is_loaded():
            loaded = load(now=now)
            self.stdout.write(
                f"Loaded {loaded.events} sample events with {loaded.bookings} bookings and {loaded.tickets} tickets."
            )
        elif is_over(now):
            self.stdout.write("All sample events have passed. `make reset` and `make run` bring fresh ones.")
