"""The message of a confirmed booking bears the id of the request that made it."""

from bookings.sql import DECIDE
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0008_source"), ("outbox", "0005_request_id")]
    operations = [migrations.RunSQL(DECIDE, migrations.RunSQL.noop)]
