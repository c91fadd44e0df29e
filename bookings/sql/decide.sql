-- Decides orders that arrived together, one after the other, in one transaction: each party is taken whole or refused.
--
--   orders   a JSON array of what bookings.operations.orders.Order.row() returns
--   limits   the inventories they count against, by ascending id; orders name them by their place in here,
--            the event's house first
--
-- Returns a row for each order:
--   n          its place in the array
--   outcome    booked | repeated (its key or id has made a booking before) | replan (the event was changed since
--              the order was planned) | sold-out | over-limit | code-used (by this customer, too often)
--   booking    the new booking, or the first one
--   digest     repeated: what the first one was asked for
--   at_limit   sold-out: the place of the limit that is too small
--   seats      sold-out: the seats left there; over-limit: the seats that the customer has already; code-used: those
--              that they have by the code
--
-- A promo code's uses are one more limit, with an inventory of its own.
--
-- Everybody locks bookings before inventories, and inventories by ascending id. An order's customer appears once in
-- a batch, so what is known of a customer before the first order is decided stays true until the last.
CREATE OR REPLACE FUNCTION evently_decide(orders jsonb, limits bigint[])
RETURNS TABLE (n int, outcome text, booking uuid, digest text, at_limit int, seats int)
LANGUAGE plpgsql SET lock_timeout = '5s' AS $decide$
#variable_conflict use_column
DECLARE
    one     record;
    seats_left int[];  -- seats left, by place
    terms_now int[];      -- the event's terms as they are, by the place of its house
    hopeful boolean[];  -- by order: fitted before anything was locked
    firsts  uuid[];     -- by order: the booking that its key or id has made before
    digests text[];
    had     int[];      -- by order with a personal limit: the seats its customer has
    used    int[];      -- by order with a code that is limited for each person: the tickets its customer has by it
    taken   boolean[];  -- by order: booked now
BEGIN
    -- Until the commit, at which foreign keys are checked: on a table that was empty when the planner last looked, each
    -- check would read all of it, and the first rush of a new installation would be quadratic.
    PERFORM set_config('enable_seqscan', 'off', true);

    -- While somebody waits in line at a limit, its seats are for them.
    SELECT array_agg(coalesce(CASE WHEN i.waiting > 0 THEN 0 ELSE i.capacity - i.claimed - i.offered END, -1)
                     ORDER BY l.place),
           array_agg(coalesce(i.terms, 0) ORDER BY l.place)
      INTO seats_left, terms_now
      FROM unnest(limits) WITH ORDINALITY AS l(id, place) LEFT JOIN events_inventory AS i ON i.id = l.id;

    -- What nobody can get is refused without a lock. Only limits of orders that may succeed are locked.
    SELECT array_agg(fits ORDER BY o.n)
      INTO hopeful
      FROM jsonb_to_recordset(orders) AS o(n int, terms int, places int[], counts int[]),
           LATERAL (SELECT o.terms = terms_now[o.places[1]] AND bool_and(seats_left[c.place] >= c.count) AS fits
                      FROM unnest(o.places, o.counts) AS c(place, count)) AS whole;
    FOR one IN
        SELECT l.place, i.terms,
               CASE WHEN i.waiting > 0 THEN 0 ELSE i.capacity - i.claimed - i.offered END AS free
          FROM events_inventory AS i
          JOIN unnest(limits) WITH ORDINALITY AS l(id, place) ON l.id = i.id
         WHERE l.place = ANY (ARRAY(SELECT unnest(o.places)
                                      FROM jsonb_to_recordset(orders) AS o(n int, places int[]) WHERE hopeful[o.n]))
         ORDER BY i.id FOR NO KEY UPDATE OF i
    LOOP
        seats_left[one.place] := one.free;
        terms_now[one.place] := one.terms;
    END LOOP;

    -- LATERAL with a LIMIT: one look into an index for each order, in no other way.
    FOR one IN
        SELECT o.n, first.id, first.request_hash
          FROM jsonb_to_recordset(orders) AS o(n int, customer uuid, key text),
               LATERAL (SELECT b.id, b.request_hash FROM bookings_booking AS b
                         WHERE b.customer_id = o.customer AND b.idempotency_key = o.key LIMIT 1) AS first
         WHERE o.key IS NOT NULL
         UNION ALL
        SELECT o.n, first.id, first.request_hash
          FROM jsonb_to_recordset(orders) AS o(n int, id uuid, again boolean),
               LATERAL (SELECT b.id, b.request_hash FROM bookings_booking AS b WHERE b.id = o.id LIMIT 1) AS first
         WHERE o.again
    LOOP
        firsts[one.n] := one.id;
        digests[one.n] := one.request_hash;
    END LOOP;
    FOR one IN
        SELECT o.n, own.seats
          FROM jsonb_to_recordset(orders) AS o(n int, event uuid, customer uuid, most int),
               LATERAL (SELECT sum(b.quantity) AS seats FROM bookings_booking AS b
                         WHERE b.event_id = o.event AND b.customer_id = o.customer
                           AND b.status IN ('pending', 'confirmed')) AS own
         WHERE o.most IS NOT NULL
    LOOP
        had[one.n] := one.seats;
    END LOOP;
    FOR one IN
        SELECT o.n, own.tickets
          FROM jsonb_to_recordset(orders) AS o(n int, code uuid, customer uuid, code_most int),
               LATERAL (SELECT sum(l.quantity) AS tickets
                          FROM bookings_booking AS b JOIN bookings_bookingline AS l ON l.booking_id = b.id
                         WHERE b.promo_code_id = o.code AND b.customer_id = o.customer
                           AND b.status IN ('pending', 'confirmed') AND l.with_code) AS own
         WHERE o.code_most IS NOT NULL
    LOOP
        used[one.n] := one.tickets;
    END LOOP;

    FOR one IN
        SELECT * FROM jsonb_to_recordset(orders)
            AS o(n int, id uuid, terms int, most int, quantity int, places int[], counts int[],
                 code_most int, code_uses int) ORDER BY o.n
    LOOP
        n := one.n;
        booking := firsts[n];
        digest := digests[n];
        at_limit := NULL;
        seats := NULL;
        FOR i IN REVERSE cardinality(one.places) .. 1 LOOP
            IF seats_left[one.places[i]] < one.counts[i] THEN
                at_limit := one.places[i];
            END IF;
        END LOOP;
        IF booking IS NOT NULL THEN
            outcome := 'repeated';
        ELSIF one.terms <> terms_now[one.places[1]] THEN
            outcome := 'replan';
        ELSIF at_limit IS NOT NULL THEN
            outcome := 'sold-out';
            seats := seats_left[at_limit];
        ELSIF NOT hopeful[n] THEN
            outcome := 'replan'; -- seats have come back, but it did not lock them
        ELSIF coalesce(had[n], 0) + one.quantity > one.most THEN
            outcome := 'over-limit';
            seats := coalesce(had[n], 0);
        ELSIF coalesce(used[n], 0) + one.code_uses > one.code_most THEN
            outcome := 'code-used';
            seats := coalesce(used[n], 0);
        ELSE
            outcome := 'booked';
            booking := one.id;
            taken[n] := true;
            FOR i IN 1 .. cardinality(one.places) LOOP
                seats_left[one.places[i]] := seats_left[one.places[i]] - one.counts[i];
            END LOOP;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF taken IS NULL THEN
        RETURN;
    END IF;

    WITH o AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(orders) AS o(
            n int, id uuid, reference text, event uuid, customer uuid, name text, email text, status text,
            quantity int, total bigint, currency text, at timestamptz, until timestamptz, key text, digest text,
            places int[], counts int[], movements uuid[], types uuid[], quantities int[], prices bigint[],
            message uuid, request text, paid_by text, policy jsonb,
            code uuid, coded boolean[], discounts bigint[], fees bigint[], taxes bigint[], rates numeric[]
        ) WHERE taken[o.n]
    ), booked AS (
        INSERT INTO bookings_booking (
            id, reference, event_id, customer_id, name, email, status, quantity, total, currency,
            created_at, confirmed_at, hold_expires_at, idempotency_key, request_hash, paid_by, adjustment, policy,
            promo_code_id
        )
        SELECT id, reference, event, customer, name, email, status, quantity, total, currency,
               at, CASE WHEN status = 'confirmed' THEN at END, until, key, digest, paid_by, 0, policy, code
          FROM o
    ), lines AS (
        INSERT INTO bookings_bookingline (
            booking_id, ticket_type_id, quantity, unit_price, discount, fee, tax, tax_rate, with_code
        )
        SELECT o.id, l.type, l.quantity, l.price, coalesce(l.discount, 0), coalesce(l.fee, 0), coalesce(l.tax, 0),
               coalesce(l.rate, 0), coalesce(l.coded, false)
          FROM o, unnest(o.types, o.quantities, o.prices, o.discounts, o.fees, o.taxes, o.rates, o.coded)
               AS l(type, quantity, price, discount, fee, tax, rate, coded)
    ), moved AS (
        INSERT INTO events_movement (id, inventory_id, booking_id, reason, change, at)
        SELECT m.id, limits[m.place], o.id, CASE o.status WHEN 'pending' THEN 'held' ELSE 'booked' END, m.count, o.at
          FROM o, unnest(o.movements, o.places, o.counts) AS m(id, place, count)
    ), announced AS (
        INSERT INTO outbox_message (
            id, fact, payload, request_id, status, attempts, available_at, last_error, created_at
        )
        SELECT message, 'booking_confirmed', jsonb_build_object('booking_id', id), coalesce(request, ''),
               'pending', 0, at, '', at
          FROM o WHERE message IS NOT NULL
    ), sums AS (
        SELECT limits[c.place] AS id, sum(c.count) AS claimed,
               coalesce(sum(c.count) FILTER (WHERE o.status = 'pending'), 0) AS held
          FROM o, unnest(o.places, o.counts) AS c(place, count)
         GROUP BY c.place
    )
    UPDATE events_inventory AS i
       SET claimed = i.claimed + sums.claimed, held = i.held + sums.held
      FROM sums WHERE i.id = sums.id;
END
$decide$;
