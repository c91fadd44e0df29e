"""A great many bookings in a few statements: to see what years of use do to pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import Membership, Team, User
from events import operations as events
from events.models import Category, Event
from events.operations import EventInput, TicketTypeInput, VenueInput
from sample.sql_seed import PLANNED, WRITTEN

TEAMS, CUSTOMERS = 12, 5000
PLACES = [("Lisbon", "PT", "Europe/Lisbon", "EUR"), ("Oslo", "NO", "Europe/Oslo", "NOK"),
          ("Kathmandu", "NP", "Asia/Kathmandu", "USD"), ("New York", "US", "America/New_York", "USD"),
          ("Osaka", "JP", "Asia/Tokyo", "JPY")]  # fmt: skip


@dataclass(frozen=True)
class Seeded:
    """What was made, and whose: `hot` is the event that has a fifth of all bookings."""

    bookings: int
    events: int
    hot: Event
    owner: User


@transaction.atomic
def seed(*, count: int, event_count: int, days: int, now: datetime) -> Seeded:
    """Make so many bookings, of so many events, over so many days, for customers who can't sign in. All audits stay
    clean; figures are stale until they are swept."""
    base = int(now.timestamp() * 1000) % 2**35
    owner = User.objects.create_user(f"seed-{base}@example.org", name="Sam Seed")
    teams = [Team.objects.create(name=f"Seeded team {n + 1}") for n in range(TEAMS)]
    Membership.objects.bulk_create(Membership(team=team, user=owner, role=Membership.Role.OWNER) for team in teams)
    # The first team has the hot event, and every third of the others.
    made = [_event(n, teams[0 if n % 3 == 0 else n % TEAMS], owner, now, days) for n in range(event_count)]
    customers = User.objects.bulk_create(
        User(email=f"seed-{base}-{n}@example.org", name=f"Seeded {n}", password="!")  # noqa: S106  none at all
        for n in range(CUSTOMERS)
    )
    _name("seeded_event", "n int, event_id uuid, type_id uuid, house bigint, currency text, price bigint", [
        (n, one.pk, kind.pk, one.inventory_id, one.currency, kind.price)
        for n, one in enumerate(made, start=1) for kind in one.ticket_types.all()
    ])  # fmt: skip
    _name("seeded_customer", "n int, id uuid", [(n, one.pk) for n, one in enumerate(customers, start=1)])
    values: dict[str, int | datetime] = {
        "count": count,
        "events": event_count,
        "days": days,
        "customers": CUSTOMERS,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, {**values, "seed": 1})
        for statement in WRITTEN:
            cursor.execute(statement, {"base": base})
        # Foreign keys are checked at the commit: by an index, although these tables were empty when last looked at.
        cursor.execute("ANALYZE bookings_booking, payments_payment, events_movement")
        cursor.execute("SET LOCAL enable_seqscan = off")
    return Seeded(count, event_count, made[0], owner)


def _event(n: int, team: Team, owner: User, now: datetime, days: int) -> Event:
    city, country, zone, currency = PLACES[n % len(PLACES)]
    starts = now + timedelta(days=1 + n % 60, hours=n % 12)
    data = EventInput(
        title=f"Seeded evening {n + 1}",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        timezone=zone,
        currency=currency,
        category=Category.values[n % len(Category.values)],
        capacity=100,
        venue=VenueInput(name=f"Hall of {city}", address="", city=city, country=country),
        ticket_types=[TicketTypeInput(name="Seat", price=Decimal(5 * (n % 5)))],
    )
    since = now - timedelta(days=days + 1)
    draft = events.create_event(team=team, data=data, by=owner, now=since)
    return events.publish_event(event=draft, version=draft.version, by=owner, now=since)


def _name(table: str, columns: str, rows: list[tuple]) -> None:
    """A table for the statements to look things up in, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
