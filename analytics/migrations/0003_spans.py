"""Sums of hours and days beside the quarters of an hour of teams and the platform; days of events become one of them."""

from django.db import migrations, models

# Days of events had a level of their own.
DAYS = "UPDATE analytics_slot SET level = 'event', span = 'day' WHERE level = 'day'"
BACK = """
DELETE FROM analytics_slot WHERE level <> 'event' AND span <> 'quarter';
UPDATE analytics_slot SET level = 'day', span = 'quarter' WHERE span = 'day';
"""
MEASURES = [
    "views", "refused", "basketed", "lapsed", "abandoned", "bookings", "tickets", "lost", "cancelled",
    "cancelled_month", "cancelled_week", "cancelled_days", "cancelled_late", "joined", "wanted", "called", "arrived",
    "sold", "undone", "received", "refunded",
]  # fmt: skip


def adding_up(span: str, length: str, shorter: str) -> str:
    return f"""
    INSERT INTO analytics_slot (level, scope, span, at, part, {", ".join(MEASURES)})
    SELECT level, scope, '{span}', date_bin('{length}', at, '1970-01-01 00:00:00+00'), part,
           {", ".join(f"sum({one})" for one in MEASURES)}
      FROM analytics_slot WHERE level IN ('team', 'platform') AND span = '{shorter}' GROUP BY 1, 2, 4, 5
    """  # noqa: S608  constants


def of(level: str, span: str, **more: object) -> models.Q:
    return models.Q(level=level, span=span, **more)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_stale")]
    operations = [
        migrations.RemoveConstraint("slot", "a_slot_is_counted_once"),
        migrations.RemoveIndex("slot", "slots_of_teams"),
        migrations.RemoveIndex("slot", "slots_of_events"),
        migrations.RemoveIndex("slot", "slots_of_days"),
        migrations.RemoveIndex("slot", "slots_of_arrivals"),
        migrations.AddField(
            "slot",
            "span",
            models.CharField(
                choices=[("quarter", "A quarter of an hour"), ("hour", "An hour"), ("day", "A day of UTC")],
                default="quarter",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "slot",
            "level",
            models.CharField(
                choices=[("event", "An event"), ("team", "A team's events"), ("platform", "All events")], max_length=8
            ),
        ),
        migrations.RunSQL(DAYS, BACK),
        migrations.RunSQL(adding_up("hour", "1 hour", "quarter"), migrations.RunSQL.noop),
        migrations.RunSQL(adding_up("day", "1 day", "hour"), migrations.RunSQL.noop),
        migrations.AddConstraint(
            "slot",
            models.UniqueConstraint(fields=["level", "scope", "span", "at", "part"], name="a_slot_is_counted_once"),
        ),
        migrations.AddIndex("slot", models.Index(fields=["at"], condition=of("team", "quarter"), name="slots_of_teams")),
        migrations.AddIndex(
            "slot", models.Index(fields=["at"], condition=of("event", "quarter"), name="slots_of_events")
        ),
        migrations.AddIndex(
            "slot",
            models.Index(
                fields=["at"],
                include=["scope", "tickets", "bookings", "cancelled"],
                condition=of("event", "day", part=""),
                name="slots_of_days",
            ),
        ),
        migrations.AddIndex(
            "slot",
            models.Index(fields=["scope"], condition=of("event", "day", arrived__gt=0), name="slots_of_arrivals"),
        ),
    ]
