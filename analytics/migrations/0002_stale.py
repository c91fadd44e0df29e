"""The rows themselves say which figures have become stale; and everything there is gets counted once."""

from django.db import migrations

from analytics.sql import STALE

FORGET = """
DROP FUNCTION IF EXISTS evently_stale_movements() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_bookings() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_receipts() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_refunds() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_entries() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_tickets() CASCADE;
DROP FUNCTION IF EXISTS evently_stale_events() CASCADE;
DROP FUNCTION IF EXISTS evently_quarter(timestamptz);
"""


def count_all(apps, schema_editor):
    """Of installations that are older than figures; a new one has nothing to count."""
    if apps.get_model("events", "Event").objects.exists():
        from analytics.operations.sweeping import mark_all

        mark_all()


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_figures"),
        ("bookings", "0010_cancelled_discount"),
        ("payments", "0005_by_moment"),
        ("tickets", "0002_check_in"),
        ("waitlist", "0002_paid_places"),
    ]
    operations = [
        migrations.RunSQL(STALE, FORGET),
        migrations.RunPython(count_all, migrations.RunPython.noop),
    ]
