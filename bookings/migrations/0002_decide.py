"""The function that decides bookings. A later change of it runs the same statement again: CREATE OR REPLACE."""

from bookings.sql import DECIDE
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial"), ("events", "0001_initial"), ("outbox", "0001_initial")]
    operations = [migrations.RunSQL(DECIDE, "DROP FUNCTION evently_decide(jsonb, bigint[])")]
