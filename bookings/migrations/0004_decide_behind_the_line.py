"""While somebody waits in line for seats, they are not sold to the public."""

from bookings.sql import DECIDE
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0003_leaner_indexes"), ("events", "0004_waitlist")]
    operations = [migrations.RunSQL(DECIDE, migrations.RunSQL.noop)]
