"""Random batches against a sequential model of a few lines: deciding together is deciding one after the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import operations
from bookings.models import Booking
from bookings.operations import Request
from events.models import Inventory, Movement
from events.operations import TicketTypeInput
from outbox.models import Message
from tests.factories import make_booking, make_event, make_team, make_user
from tests.racing import closing, wait_until_blocked

PEOPLE = 8


@dataclass
class World:
    """What the model knows: seats left by limit, seats by person, and what each key has been used for."""

    free: dict[tuple, int]
    limits: list[int | None]
    had: dict[tuple[int, int], int] = field(default_factory=dict)
    keys: dict[tuple[int, str], tuple] = field(default_factory=dict)

    def decide(self, event: int, person: int, box: int, seat: int, key: str | None) -> tuple[str, int]:
        """(outcome, seats left or had) of one order, taken for itself."""
        asked, quantity = (event, box, seat), box + seat
        if key and (person, key) in self.keys:
            return "repeated", 0
        claims = {(event, "house"): quantity} | ({(event, "Box"): box} if box and (event, "Box") in self.free else {})
        for limit, wanted in claims.items():
            if self.free[limit] < wanted:
                return "sold-out", self.free[limit]
        had, most = self.had.get((event, person), 0), self.limits[event]
        if most is not None and had + quantity > most:
            return "over-limit", had
        for limit, wanted in claims.items():
            self.free[limit] -= wanted
        self.had[event, person] = had + quantity
        if key:
            self.keys[person, key] = asked
        return "booked", 0


orders = st.tuples(
    st.integers(0, 1),  # event
    st.integers(0, 3),  # Box
    st.integers(0, 3),  # Seat
    st.sampled_from([None, None, "k", "l"]),
    st.booleans(),  # a basket
).filter(lambda order: order[1] + order[2])
# Nobody stands in one batch twice: the desk sees to that.
batches = st.lists(st.tuples(st.permutations(range(PEOPLE)), st.lists(orders, min_size=1, max_size=PEOPLE)), max_size=3)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    capacities=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    boxes=st.tuples(st.none() | st.integers(1, 4), st.none() | st.integers(1, 4)),
    limits=st.tuples(st.none() | st.integers(1, 5), st.none() | st.integers(1, 5)),
    batches=batches,
)
def test_a_batch_is_decided_as_its_orders_would_be_one_by_one(capacities, boxes, limits, batches):
    with transaction.atomic():
        check(capacities, boxes, limits, batches)
        transaction.set_rollback(True)


def check(capacities, boxes, limits, batches):
    team, now = make_team(), timezone.now()
    events = [
        make_event(
            team,
            capacity=capacity,
            max_per_person=limit,
            ticket_types=[TicketTypeInput("Box", capacity=box and min(box, capacity)), TicketTypeInput("Seat")],
        )
        for capacity, box, limit in zip(capacities, boxes, limits, strict=True)
    ]
    types = [{one.name: one.pk for one in event.ticket_types.all()} for event in events]
    people = [make_user() for _ in range(PEOPLE)]
    world = World({(number, "house"): capacity for number, capacity in enumerate(capacities)}, list(limits))
    for number, box in enumerate(boxes):
        if box is not None:
            world.free[number, "Box"] = min(box, capacities[number])
    booked = []
    for persons, wanted in batches:
        expected, planned = [], []
        for person, (event, box, seat, key, hold) in zip(persons, wanted, strict=False):
            items = [(types[event][name], count) for name, count in (("Box", box), ("Seat", seat)) if count]
            request = Request(events[event].pk, items)
            planned.append(operations.order_for(request, people[person].pk, now, key=key, hold=hold))
            expected.append(world.decide(event, person, box, seat, key))
        answers = operations.decide(planned)
        told = [(answer.outcome, 0 if answer.outcome == "repeated" else answer.seats) for answer in answers]
        assert told == expected
        booked += [order for order, answer in zip(planned, answers, strict=True) if answer.outcome == "booked"]
    for number, event in enumerate(events):
        house = Inventory.objects.get(event=event)
        assert house.capacity - house.claimed == world.free[number, "house"]
    assert set(Booking.objects.values_list("pk", flat=True)) == {order.pk for order in booked}
    assert Message.objects.filter(fact="booking_confirmed").count() == Booking.objects.confirmed().count()
    assert Movement.objects.exclude(booking_id=None).count() == sum(len(order.plan.claims) for order in booked)
    assert operations.audit_inventory() == []


@pytest.mark.django_db
def test_what_was_planned_under_old_terms_is_planned_again_and_its_neighbours_are_not():
    changed, other, now = make_event(), make_event(), timezone.now()
    planned = [
        operations.order_for(Request(event.pk, quantity=1), make_user().pk, now) for event in (changed, other, changed)
    ]
    Inventory.objects.new_terms(changed.inventory_id)
    assert [answer.outcome for answer in operations.decide(planned)] == ["replan", "booked", "replan"]
    assert Booking.objects.get().event == other
    assert operations.audit_inventory() == []


@pytest.mark.django_db(transaction=True)
def test_a_batch_in_which_nobody_fits_waits_for_no_lock_and_writes_nothing():
    event, now = make_event(capacity=1), timezone.now()
    planned = [operations.order_for(Request(event.pk, quantity=2), make_user().pk, now) for _ in range(3)]
    with ThreadPoolExecutor() as pool, transaction.atomic():
        Inventory.objects.select_for_update().get(event=event)
        answers = pool.submit(closing(operations.decide), planned).result(timeout=5)
    assert [(answer.outcome, answer.seats) for answer in answers] == [("sold-out", 1)] * 3
    assert not Booking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_had_to_wait_decides_by_what_it_finds_then():
    event, now = make_event(capacity=3), timezone.now()
    planned = [operations.order_for(Request(event.pk, quantity=2), make_user().pk, now)]
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            make_booking(event, quantity=2)
            waiting = pool.submit(closing(operations.decide), planned)
            wait_until_blocked()
        [answer] = waiting.result(timeout=10)
    assert (answer.outcome, answer.seats) == ("sold-out", 1)


@pytest.mark.django_db(transaction=True)
def test_terms_that_change_while_a_batch_waits_are_not_passed_by():
    event, now = make_event(), timezone.now()
    planned = [operations.order_for(Request(event.pk, quantity=2), make_user().pk, now)]
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Inventory.objects.new_terms(event.inventory_id)
            waiting = pool.submit(closing(operations.decide), planned)
            wait_until_blocked()
        assert [answer.outcome for answer in waiting.result(timeout=10)] == ["replan"]
    assert not Booking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_seats_that_come_back_while_a_batch_waits_are_decided_upon_again():
    event, now = make_event(capacity=4), timezone.now()
    first = make_booking(event, quantity=2)
    small, large = (operations.order_for(Request(event.pk, quantity=n), make_user().pk, now) for n in (1, 4))
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            operations.cancel(booking=first, now=now)
            waiting = pool.submit(closing(operations.decide), [large, small])
            wait_until_blocked()
        # The large party had been refused before the lock; it is not told a number that no longer holds.
        assert [answer.outcome for answer in waiting.result(timeout=10)] == ["replan", "booked"]
    assert operations.audit_inventory() == []


@pytest.mark.django_db
def test_no_booking_reads_the_whole_table_even_where_it_was_empty_when_the_planner_looked():
    event, now = make_event(capacity=100, max_per_person=9), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_booking, bookings_bookingline")
        before = scans(cursor)  # those of earlier tests, which this session has not reported yet
        for _ in range(8):  # PostgreSQL keeps a plan after some times
            planned = [operations.order_for(Request(event.pk, quantity=2), make_user().pk, now, key="k")]
            assert operations.decide(planned)[0].outcome == "booked"
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert scans(cursor) == before


def scans(cursor) -> int:
    """How often this session has read the whole table of bookings."""
    cursor.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'bookings_booking'")
    return cursor.fetchone()[0]
