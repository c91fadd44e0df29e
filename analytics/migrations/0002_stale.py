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


# Of installations that are older than figures; a new one has nothing to count.
COUNT_ALL = """
INSERT INTO analytics_stale (event_id, at, since)
SELECT event_id, at, clock_timestamp() FROM (
    SELECT e.id AS event_id, evently_quarter(m.at) AS at
      FROM events_movement AS m JOIN events_event AS e ON e.inventory_id = m.inventory_id WHERE NOT e.rehearsal
     UNION SELECT b.event_id, evently_quarter(r.at) FROM payments_receipt AS r
      JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
     UNION SELECT b.event_id, evently_quarter(r.created_at) FROM payments_refund AS r
      JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
     UNION SELECT event_id, evently_quarter(joined_at) FROM waitlist_entry
     UNION SELECT event_id, evently_quarter(coalesce(offered_at, ended_at)) FROM waitlist_entry WHERE status <> 'waiting'
     UNION SELECT b.event_id, evently_quarter(t.checked_in_at) FROM tickets_ticket AS t
      JOIN bookings_booking AS b ON b.id = t.booking_id WHERE t.checked_in_at IS NOT NULL
) AS everywhere WHERE at IS NOT NULL
"""


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
        migrations.RunSQL(COUNT_ALL, migrations.RunSQL.noop),
    ]
