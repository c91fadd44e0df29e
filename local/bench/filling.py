"""Years of history in a minute: rows in bulk, alike but for their ids, such that every inventory adds up.

Rows are copies of one row that the operations have made, so a new column needs no change here.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection, models

from bookings.models import Booking, BookingLine
from events.models import Event, Inventory, Movement

SEATS = 2
EVENTS_PER_BOOKING = 10  # so many bookings an event
HOT_SHARE = 5  # every fifth booking is one of the hot event's history


def number_customers(*, but: UUID) -> None:
    """Everybody who books in what follows: all but one, whose own history stays the same at every size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_customer AS SELECT row_number() OVER () - 1 AS n, id FROM accounts_user WHERE id <> %s",
            [but],
        )
        cursor.execute("ANALYZE bench_customer")


def fill(example: Booking, hot: Event, *, bookings: range) -> None:
    """Add bookings of these numbers: four fifths for new events like that of `example`, the rest for `hot`."""
    event = example.event
    events = range(bookings.start // EVENTS_PER_BOOKING, bookings.stop // EVENTS_PER_BOOKING)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no check of foreign keys that we know to be right
    _fill_events(event, events)
    _fill_bookings(example, hot, bookings, events)
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")


def _fill_events(event: Event, events: range) -> None:
    """Published events of the next years, with one ticket type each."""
    n = f"generate_series({events.start}, {events.stop - 1}) n"
    inventory = "(SELECT id FROM bench_inventory i WHERE i.n = rows.n)"
    _make_inventories(event, n)
    copy(
        event,
        n,
        {
            "id": _id("event"),
            "inventory_id": inventory,
            "slug": "'bench-' || rows.n",
            "title": "'Evening ' || rows.n || ' of the archive'",
            "search_words": "'Evening ' || rows.n || ' of the archive Lisbon'",
            "starts_at": "starts_at + rows.n * interval '7 minutes'",
            "ends_at": "ends_at + rows.n * interval '7 minutes'",
        },
    )
    copy(event.ticket_types.get(), n, {"id": _id("type"), "event_id": _id("event")})
    opening = Movement.objects.get(inventory=event.inventory_id, reason=Movement.Reason.CAPACITY)
    copy(opening, n, {"id": "gen_random_uuid()", "inventory_id": inventory})


def _make_inventories(event: Event, n: str) -> None:
    """Numbers from the sequence, and a table of which event has which."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_inventory (n int PRIMARY KEY, id bigint NOT NULL)")
        sequence = "nextval(pg_get_serial_sequence('events_inventory', 'id'))"
        cursor.execute(f"INSERT INTO bench_inventory SELECT n, {sequence} FROM {n}")  # noqa: S608  numbers of ours
        cursor.execute("ANALYZE bench_inventory")
    inventory = Inventory.objects.get(pk=event.inventory_id)
    source = f"(SELECT i.n, i.id AS new_id FROM {n} JOIN bench_inventory i USING (n))"  # noqa: S608
    copy(inventory, source, {"id": "rows.new_id", "claimed": "0"})


def _fill_bookings(example: Booking, hot: Event, bookings: range, events: range) -> None:
    """Bookings, their lines and movements, then the counters."""
    source = _who_books_what(hot, bookings, events)
    moment = "now() - rows.n * interval '1 second'"
    changes = {
        "id": _id("booking"),
        "reference": "upper(lpad(to_hex(rows.n), 10, '0'))",
        "event_id": "rows.event",
        "customer_id": "rows.customer",
        "created_at": moment,
        "confirmed_at": moment,
        "idempotency_key": "NULL",
    }
    copy(example, source, changes)
    line_id = "nextval(pg_get_serial_sequence('bookings_bookingline', 'id'))"
    changes = {"id": line_id, "booking_id": _id("booking"), "ticket_type_id": "rows.type"}
    copy(BookingLine.objects.get(booking=example), source, changes)
    changes = {"id": _id("movement"), "booking_id": _id("booking"), "inventory_id": "rows.inventory", "at": moment}
    copy(Movement.objects.get(booking_id=example.pk), source, changes)
    _count(source)


def _who_books_what(hot: Event, bookings: range, events: range) -> str:
    """A subquery: number, customer, event, ticket type and inventory of each booking."""
    is_hot = f"mod(n, {HOT_SHARE}) = 0"
    number = f"{events.start} + mod(n, {len(events)})"
    return f"""(SELECT n, buyer.id AS customer,
        CASE WHEN {is_hot} THEN '{hot.pk}'::uuid ELSE md5('event' || {number})::uuid END AS event,
        CASE WHEN {is_hot} THEN '{hot.ticket_types.get().pk}'::uuid ELSE md5('type' || {number})::uuid END AS type,
        CASE WHEN {is_hot} THEN {hot.inventory_id} ELSE inventory.id END AS inventory
        FROM generate_series({bookings.start}, {bookings.stop - 1}) series(n)
        JOIN bench_inventory inventory(number, id) ON inventory.number = {number}
        JOIN bench_customer buyer(number, id) ON buyer.number = mod(n, (SELECT count(*) FROM bench_customer)))"""  # noqa: S608


def _count(source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE events_inventory SET claimed = claimed + added.seats FROM
            (SELECT inventory, count(*) * {SEATS} AS seats FROM {source} rows GROUP BY inventory) added
            WHERE id = added.inventory"""  # noqa: S608  numbers of ours
        )


def copy(row: models.Model, source: str, changes: Mapping[str, str]) -> None:
    """Copy one row for each row `n` of `source`, with some columns replaced by SQL (which sees them as `rows`)."""
    table = row._meta.db_table
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.generated]
    values = [changes.get(column, f"original.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {table} ({", ".join(columns)}) SELECT {", ".join(values)}
            FROM {source if source.startswith("(") else f"(SELECT n FROM {source})"} rows, {table} original
            WHERE original.id = %s""",  # noqa: S608  table and columns are the model's own
            [row.pk],
        )


def _id(kind: str) -> str:
    """An id that can be told from the number, wherever it is needed."""
    return f"md5('{kind}' || rows.n)::uuid"
