"""Statements that make many bookings at once, such that every audit is clean."""

# So many bookings over the last %(days)s days: a fifth of them of one event, the others of many, more lately than long
# ago. Of fifty, one is in a basket that lapsed and three were cancelled; a third of the others is paid by transfer.
PLANNED = """
CREATE TEMPORARY TABLE seeded ON COMMIT DROP AS
WITH numbered AS (
    SELECT n, hashint4extended(n, %(seed)s) & 1048575 AS a, hashint4extended(n, %(seed)s + 1) & 1048575 AS b,
           hashint4extended(n, %(seed)s + 2) & 1048575 AS c
      FROM generate_series(1, %(count)s) AS n
), chosen AS (
    SELECT n, a, b, c,
           CASE WHEN n %% 5 = 0 THEN 1 ELSE 1 + (power(a / 1048576.0, 2) * %(events)s)::int %% %(events)s END AS event,
           %(now)s - make_interval(secs => 60 + power(b / 1048576.0, 1.5) * %(days)s * 86400) AS at
      FROM numbered
)
SELECT o.n, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
             || '7' || substr(md5(o.n::text || 'seed'), 1, 3) || 'a' || substr(md5(o.n::text), 1, 15))::uuid AS id,
       e.event_id, e.type_id, e.house, e.currency, e.price, u.id AS customer, at,
       1 + c %% 4 AS quantity, (1 + c %% 4) * e.price AS total,
       CASE o.n %% 50 WHEN 1 THEN 'expired' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'cancelled' WHEN 4 THEN 'cancelled'
            ELSE 'confirmed' END AS status,
       least(at + make_interval(secs => c), %(now)s) AS ended_at,
       o.n %% 3 = 0 AND e.price > 0 AND o.n %% 50 <> 1 AS paid
  FROM chosen AS o JOIN seeded_event AS e ON e.n = o.event
  JOIN seeded_customer AS u ON u.n = 1 + o.n %% %(customers)s
 ORDER BY at
"""

WRITTEN = [
    """
    INSERT INTO bookings_booking (id, reference, event_id, customer_id, name, email, status, quantity, total, currency,
                                  created_at, confirmed_at, ended_at, hold_expires_at, request_hash, paid_by)
    SELECT id, 'Z' || upper(lpad(to_hex(%(base)s + n), 9, '0')), event_id, customer, '', '', status, quantity, total,
           currency, at, CASE WHEN status <> 'expired' THEN at END, CASE WHEN status <> 'confirmed' THEN ended_at END,
           CASE WHEN status = 'expired' THEN ended_at END, '',
           CASE WHEN total = 0 OR status = 'expired' THEN '' WHEN paid THEN 'money' ELSE 'door' END
      FROM seeded
    """,
    """
    INSERT INTO bookings_bookingline (booking_id, ticket_type_id, quantity, unit_price)
    SELECT id, type_id, quantity, price FROM seeded
    """,
    """
    INSERT INTO events_movement (id, inventory_id, booking_id, reason, change, at)
    SELECT gen_random_uuid(), house, id, CASE status WHEN 'expired' THEN 'held' ELSE 'booked' END, quantity, at
      FROM seeded
     UNION ALL
    SELECT gen_random_uuid(), house, id, status, -quantity, ended_at FROM seeded WHERE status <> 'confirmed'
    """,
    """
    INSERT INTO payments_payment (id, booking_id, method, provider, amount, currency, status, received, refunded,
                                  provider_id, url, created_at, paid_at, note)
    SELECT id, id, 'transfer', 'transfer', total, currency, 'paid', total,
           CASE status WHEN 'cancelled' THEN total ELSE 0 END, '', '', at, at, '' FROM seeded WHERE paid
    """,
    """
    INSERT INTO payments_receipt (id, payment_id, amount, currency, reference, at, note)
    SELECT gen_random_uuid(), id, total, currency, 'seeded', at, '' FROM seeded WHERE paid
    """,
    """
    INSERT INTO payments_refund (id, payment_id, amount, status, kind, reason, provider_id, created_at, done_at,
                                 attempt, error, by_hand)
    SELECT gen_random_uuid(), id, total, 'done', 'cancelled', '', '', ended_at, ended_at, 1, '', true
      FROM seeded WHERE paid AND status = 'cancelled'
    """,
    """
    UPDATE events_inventory AS i SET claimed = i.claimed + s.seats, capacity = i.capacity + s.seats
      FROM (SELECT house, sum(quantity) AS seats FROM seeded WHERE status = 'confirmed' GROUP BY house) AS s
     WHERE i.id = s.house
    """,
    """
    INSERT INTO events_movement (id, inventory_id, reason, change, at)
    SELECT gen_random_uuid(), house, 'capacity', sum(quantity), min(at)
      FROM seeded WHERE status = 'confirmed' GROUP BY house
    """,
    """
    INSERT INTO analytics_sighting (event_id, at, what, part, count)
    SELECT event_id, evently_quarter(at), 'view', '', 5 * count(*) FROM seeded GROUP BY 1, 2
        ON CONFLICT DO NOTHING
    """,
]
