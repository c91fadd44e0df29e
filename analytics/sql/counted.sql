-- Counts quarters of an hour of events from their rows: %(scopes)s and %(times)s are arrays of the same length.
-- Returns event, at, part and a column for each measure ({measures}); nothing for a quarter in which nothing happened.
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT w.event, w.at, w.at + interval '15 minutes' AS until, e.inventory_id AS house, e.starts_at
      FROM unnest(%(scopes)s::uuid[], %(times)s::timestamptz[]) AS w(event, at)
      JOIN events_event AS e ON e.id = w.event AND NOT e.rehearsal
), moved AS MATERIALIZED (
    -- LATERAL with OFFSET 0: a look into the index for each quarter, in no other way.
    SELECT w.event, w.at, m.booking_id, m.reason, abs(m.change) AS seats, w.starts_at - m.at AS lead
      FROM wanted AS w, LATERAL (
          SELECT booking_id, reason, change, at FROM events_movement
           WHERE inventory_id = w.house AND at >= w.at AND at < w.until OFFSET 0) AS m
), made AS MATERIALIZED (
    -- Bookings that were confirmed then. A movement says so in the same transaction, at the same moment.
    SELECT m.event, m.at, b.id, b.currency, b.status = 'confirmed' AS stands
      FROM (SELECT DISTINCT event, at, booking_id FROM moved
             WHERE reason IN ('booked', 'confirmed', 'accepted', 'reclaimed') AND booking_id IS NOT NULL) AS m,
           LATERAL (SELECT id, currency, status FROM bookings_booking
                     WHERE id = m.booking_id AND confirmed_at >= m.at AND confirmed_at < m.at + interval '15 minutes'
                    OFFSET 0) AS b
), line AS MATERIALIZED (
    SELECT m.event, m.at, m.currency, l.ticket_type_id::text AS type,
           l.quantity + cardinality(l.cancelled_numbers) AS tickets,
           CASE WHEN m.stands THEN cardinality(l.cancelled_numbers)
                ELSE l.quantity + cardinality(l.cancelled_numbers) END AS lost,
           (l.quantity + cardinality(l.cancelled_numbers)) * l.unit_price - l.discount - l.cancelled_discount AS sold,
           CASE WHEN m.stands THEN l.quantity * l.unit_price - l.discount ELSE 0 END AS kept
      FROM made AS m, LATERAL (SELECT * FROM bookings_bookingline WHERE booking_id = m.id OFFSET 0) AS l
), quarter AS MATERIALIZED (
    SELECT DISTINCT at, until FROM wanted
), came AS MATERIALIZED (
    -- Money is found by its moment: of all events at once, as a quarter is usually asked for of many.
    SELECT b.event_id AS event, q.at, r.currency, r.amount
      FROM quarter AS q, LATERAL (
          SELECT payment_id, currency, amount FROM payments_receipt WHERE at >= q.at AND at < q.until OFFSET 0) AS r
      JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
), went AS MATERIALIZED (
    SELECT b.event_id AS event, q.at, p.currency, r.amount
      FROM quarter AS q, LATERAL (
          SELECT payment_id, amount FROM payments_refund
           WHERE created_at >= q.at AND created_at < q.until OFFSET 0) AS r
      JOIN payments_payment AS p ON p.id = r.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id
), counted (event, at, part, what, n) AS (
    SELECT event, at, '', CASE reason WHEN 'held' THEN 'basketed' WHEN 'expired' THEN 'lapsed' ELSE reason END, seats
      FROM moved WHERE reason IN ('held', 'expired', 'abandoned', 'cancelled')
    UNION ALL
    SELECT event, at, '',
           CASE WHEN lead >= interval '30 days' THEN 'cancelled_month' WHEN lead >= interval '7 days' THEN 'cancelled_week'
                WHEN lead >= interval '24 hours' THEN 'cancelled_days' ELSE 'cancelled_late' END, seats
      FROM moved WHERE reason = 'cancelled'
    UNION ALL
    SELECT event, at, '', 'bookings', 1 FROM made
    UNION ALL
    SELECT event, at, p.part, w.what, w.n
      FROM line, LATERAL (VALUES (''), (type)) AS p(part),
           LATERAL (VALUES ('tickets', tickets::bigint), ('lost', lost)) AS w(what, n)
    UNION ALL
    SELECT event, at, p.part, w.what, w.n
      FROM line, LATERAL (VALUES (currency), (type)) AS p(part),
           LATERAL (VALUES ('sold', sold), ('undone', sold - kept)) AS w(what, n)
    UNION ALL
    SELECT w.event, w.at, p.part, CASE s.what WHEN 'view' THEN 'views' ELSE 'refused' END, s.count
      FROM wanted AS w JOIN analytics_sighting AS s ON s.event_id = w.event AND s.at = w.at,
           LATERAL (SELECT '' UNION SELECT s.part) AS p(part)
    UNION ALL
    SELECT w.event, w.at, '', p.what, p.n
      FROM wanted AS w, LATERAL (
          SELECT quantity FROM waitlist_entry
           WHERE event_id = w.event AND joined_at >= w.at AND joined_at < w.until) AS e,
           LATERAL (VALUES ('joined', 1), ('wanted', e.quantity)) AS p(what, n)
    UNION ALL
    SELECT w.event, w.at, '', 'called', 1
      FROM wanted AS w JOIN waitlist_entry AS e ON e.event_id = w.event AND e.status <> 'waiting'
     WHERE coalesce(e.offered_at, e.ended_at) >= w.at AND coalesce(e.offered_at, e.ended_at) < w.until
    UNION ALL
    -- Who is in now. A scan says so at the same moment, and is found by it; what was taken back is none.
    SELECT w.event, w.at, '', 'arrived', 1
      FROM wanted AS w, LATERAL (
          SELECT DISTINCT t.id FROM tickets_scan AS s JOIN tickets_ticket AS t ON t.id = s.ticket_id
           WHERE s.event_id = w.event AND s.at >= w.at AND s.at < w.until AND s.result = 'welcome'
             AND t.checked_in_at >= w.at AND t.checked_in_at < w.until) AS t
    UNION ALL
    SELECT event, at, currency, 'received', amount FROM came JOIN wanted USING (event, at)
    UNION ALL
    SELECT event, at, currency, 'refunded', amount FROM went JOIN wanted USING (event, at)
)
SELECT event, at, part, {sums}
  FROM counted WHERE n <> 0 GROUP BY event, at, part
