-- Which quarters of an hour have to be counted anew, said by the rows themselves.
--
-- A statement that changes what is counted adds a row to analytics_stale for each event and quarter it touches, in its
-- own transaction: nothing that is committed is ever missed, whoever wrote it, and however late or long ago. The table
-- only grows here; the sweep takes what it sees. So nobody waits for anybody. A batch of bookings of one event adds one row.

CREATE OR REPLACE FUNCTION evently_quarter(moment timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date_bin('15 minutes', moment, '1970-01-01 00:00:00+00') $$;

CREATE OR REPLACE FUNCTION evently_stale_movements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT DISTINCT e.id, evently_quarter(n.at), clock_timestamp()
      FROM new_rows AS n JOIN events_event AS e ON e.inventory_id = n.inventory_id
     WHERE NOT e.rehearsal AND n.reason IN
           ('booked', 'held', 'confirmed', 'cancelled', 'expired', 'abandoned', 'accepted', 'reclaimed');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What was sold in a quarter is less, or more, than it was.
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT DISTINCT n.event_id, evently_quarter(moment), clock_timestamp()
      FROM new_rows AS n JOIN old_rows AS o USING (id), unnest(ARRAY[n.confirmed_at, o.confirmed_at]) AS moment
     WHERE moment IS NOT NULL
       AND (n.status, n.quantity, n.total, n.currency, n.confirmed_at)
           IS DISTINCT FROM (o.status, o.quantity, o.total, o.currency, o.confirmed_at);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT DISTINCT b.event_id, evently_quarter(n.at), clock_timestamp()
      FROM new_rows AS n JOIN payments_payment AS p ON p.id = n.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT DISTINCT b.event_id, evently_quarter(n.created_at), clock_timestamp()
      FROM new_rows AS n JOIN payments_payment AS p ON p.id = n.payment_id JOIN bookings_booking AS b ON b.id = p.booking_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO analytics_stale (event_id, at, since)
        SELECT DISTINCT n.event_id, evently_quarter(moment), clock_timestamp()
          FROM new_rows AS n, unnest(ARRAY[n.joined_at, n.offered_at, n.ended_at]) AS moment WHERE moment IS NOT NULL;
    ELSE
        INSERT INTO analytics_stale (event_id, at, since)
        SELECT DISTINCT n.event_id, evently_quarter(moment), clock_timestamp()
          FROM new_rows AS n JOIN old_rows AS o USING (id),
               unnest(ARRAY[n.joined_at, n.offered_at, n.ended_at, o.joined_at, o.offered_at, o.ended_at]) AS moment
         WHERE moment IS NOT NULL
           AND (n.status, n.quantity, n.joined_at, n.offered_at, n.ended_at)
               IS DISTINCT FROM (o.status, o.quantity, o.joined_at, o.offered_at, o.ended_at);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_tickets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT DISTINCT b.event_id, evently_quarter(moment), clock_timestamp()
      FROM new_rows AS n JOIN old_rows AS o USING (id) JOIN bookings_booking AS b ON b.id = n.booking_id,
           unnest(ARRAY[n.checked_in_at, o.checked_in_at]) AS moment
     WHERE moment IS NOT NULL AND n.checked_in_at IS DISTINCT FROM o.checked_in_at;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evently_stale_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- How long before the start something was cancelled is another figure now.
    INSERT INTO analytics_stale (event_id, at, since)
    SELECT n.id, NULL, clock_timestamp() FROM new_rows AS n JOIN old_rows AS o USING (id)
     WHERE (n.starts_at, n.organizer_id) IS DISTINCT FROM (o.starts_at, o.organizer_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER movements_make_figures_stale AFTER INSERT ON events_movement
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_movements();
CREATE OR REPLACE TRIGGER bookings_make_figures_stale AFTER UPDATE ON bookings_booking
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_bookings();
CREATE OR REPLACE TRIGGER receipts_make_figures_stale AFTER INSERT ON payments_receipt
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_receipts();
CREATE OR REPLACE TRIGGER refunds_make_figures_stale AFTER INSERT ON payments_refund
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_refunds();
CREATE OR REPLACE TRIGGER new_entries_make_figures_stale AFTER INSERT ON waitlist_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_entries();
CREATE OR REPLACE TRIGGER entries_make_figures_stale AFTER UPDATE ON waitlist_entry
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_entries();
CREATE OR REPLACE TRIGGER tickets_make_figures_stale AFTER UPDATE ON tickets_ticket
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_tickets();
CREATE OR REPLACE TRIGGER events_make_figures_stale AFTER UPDATE ON events_event
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION evently_stale_events();
