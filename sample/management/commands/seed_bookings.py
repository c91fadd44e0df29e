"""`manage.py seed_bookings --count 1000000`: what years of use leave behind, to see what pages cost then."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from analytics import operations
from sample.seeding import seed


class Command(BaseCommand):
    help = (
        "Make many bookings of made-up events, for measuring. Refuses in production: they can't be told from real ones."
    )

    def add_arguments(self, parser):
        parser.add_argument("--count", type=int, default=100_000, help="bookings (default 100,000)")
        parser.add_argument("--events", type=int, default=300, help="events they are of (default 300)")
        parser.add_argument("--days", type=int, default=180, help="days they are spread over (default 180)")

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("These bookings are not for production. Nothing was done.")
        count, events, days = options["count"], options["events"], options["days"]
        if not (1 <= count <= 10_000_000 and 1 <= events <= 10_000 and 1 <= days <= 3650):
            raise CommandError("From 1 to 10,000,000 bookings, 10,000 events and 3,650 days.")
        seeded = seed(count=count, event_count=events, days=days, now=timezone.now())
        self.stdout.write(f"{seeded.bookings:,} bookings of {seeded.events:,} events. Counting figures …")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        operations.sweep_all()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE analytics_slot")
        self.stdout.write(f"Done. The event with most of them: /organise/events/{seeded.hot.slug}/figures")
