"""Everything beside everything, over real connections. Each of these fails when its guard is taken out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import operations
from bookings.errors import AlreadyCancelled, NotOnSale, OverPersonalLimit, SoldOut
from bookings.models import Booking
from bookings.operations import Request
from core.errors import EditConflict
from events import operations as events
from events.operations import TicketTypeInput
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import event_input, make_booking, make_event, make_hold, make_user, owner_of
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def booker(event, customer, quantity=1, key=None):
    request = Request(event.pk, quantity=quantity)
    return partial(operations.book, request=request, customer_id=customer.pk, now=timezone.now(), key=key)


def kinds(outcomes) -> Counter:
    """How many outcomes of each kind: a booking's status, or the class of what was raised."""
    return Counter(outcome.status if isinstance(outcome, Booking) else type(outcome).__name__ for outcome in outcomes)


def claimed(event) -> int:
    event.inventory.refresh_from_db()
    return event.inventory.claimed


def test_two_hundred_people_racing_for_forty_seats_get_exactly_forty():
    event = make_event(capacity=40)
    people = [make_user() for _ in range(4)]
    outcomes = race([booker(event, people[number % 4]) for number in range(200)], threads=50)
    assert kinds(outcomes) == {Booking.Status.CONFIRMED: 40, SoldOut.__name__: 160}
    assert Booking.objects.confirmed().seats() == claimed(event) == 40
    assert Message.objects.filter(fact="booking_confirmed").count() == 40
    assert operations.audit_inventory() == []


def test_parties_of_mixed_size_fill_the_house_without_breaking_it():
    event = make_event(capacity=20)
    outcomes = race([booker(event, make_user(), quantity=1 + number % 4) for number in range(40)], threads=20)
    assert set(kinds(outcomes)) == {Booking.Status.CONFIRMED, SoldOut.__name__}
    assert claimed(event) == 20
    assert operations.audit_inventory() == []


def test_one_click_sent_many_times_at_once_is_one_booking_even_at_a_limit():
    event, customer = make_event(capacity=5, max_per_person=1), make_user()
    outcomes = race([booker(event, customer, key="one") for _ in range(20)], threads=20)
    assert kinds(outcomes) == {Booking.Status.CONFIRMED: 20}
    assert len({booking.pk for booking in outcomes}) == claimed(event) == 1


def test_one_person_racing_themselves_stays_within_the_personal_limit():
    event, ada = make_event(capacity=50, max_per_person=3), make_user()
    outcomes = race([booker(event, ada) for _ in range(16)], threads=16)
    assert kinds(outcomes) == {Booking.Status.CONFIRMED: 3, OverPersonalLimit.__name__: 13}
    assert claimed(event) == 3


def test_a_double_click_makes_one_booking():
    event, ada = make_event(), make_user()
    outcomes = race([booker(event, ada, key="click") for _ in range(12)], threads=12)
    assert kinds(outcomes) == {Booking.Status.CONFIRMED: 12}
    assert len({booking.pk for booking in outcomes}) == 1
    assert claimed(event) == 1


def test_a_booking_cancelled_many_times_at_once_gives_its_seats_back_once():
    event = make_event(capacity=10)
    make_booking(event, quantity=5)
    booking = make_booking(event, quantity=3)
    outcomes = race([partial(operations.cancel, booking=booking, now=timezone.now())] * 10, threads=10)
    assert kinds(outcomes) == {Booking.Status.CANCELLED: 1, AlreadyCancelled.__name__: 9}
    assert claimed(event) == 5
    assert operations.audit_inventory() == []


def test_confirming_while_a_basket_lapses_ends_one_way_or_the_other():
    event = make_event(capacity=100, max_per_person=None)
    baskets = [make_hold(event) for _ in range(12)]
    end = baskets[0].hold_expires_at
    runners = []
    for basket in baskets:
        runners.append(partial(operations.confirm, booking=basket, now=end - timedelta(seconds=1)))
        runners.append(partial(operations.expire, booking=basket, now=end + timedelta(minutes=1)))
    race(runners, threads=12)
    statuses = Counter(Booking.objects.values_list("status", flat=True))
    assert set(statuses) <= {Booking.Status.CONFIRMED, Booking.Status.EXPIRED}
    assert claimed(event) == statuses[Booking.Status.CONFIRMED]
    assert Message.objects.filter(fact="booking_confirmed").count() == statuses[Booking.Status.CONFIRMED]
    assert operations.audit_inventory() == []


def test_nobody_books_past_the_cancellation_of_an_event():
    event = make_event(capacity=200)
    by = owner_of(event.organizer)
    cancel = partial(events.cancel_event, event=event, version=event.version, by=by, now=timezone.now())
    bookers = [booker(event, by) for _ in range(40)]
    outcomes = race([*bookers[:15], cancel, *bookers[15:]], threads=12)
    assert {type(outcome).__name__ for outcome in outcomes} <= {"Booking", "Event", NotOnSale.__name__}
    deliver_due()
    assert not Booking.objects.live().exists()
    assert claimed(event) == 0
    assert operations.audit_inventory() == []


def test_a_customer_cancelling_while_the_event_is_called_off_meets_no_deadlock():
    event = make_event()
    by = owner_of(event.organizer)
    _, later = make_booking(event, by), make_booking(event, by)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=later.pk)  # the customer's cancellation begins …
            calling_off = pool.submit(closing(operations.cancel_some), event_id=event.pk, now=timezone.now())
            wait_until_blocked()
            operations.cancel(booking=later, now=timezone.now())  # … and goes on to the inventory
        assert calling_off.result(timeout=10) is False
    assert not Booking.objects.live().exists()
    assert claimed(event) == 0
    assert operations.audit_inventory() == []


def test_a_limit_added_in_the_middle_of_a_rush_counts_every_seat():
    event = make_event(capacity=200)
    by, seat = owner_of(event.organizer), event.ticket_types.get()
    early = [make_booking(event, by) for _ in range(10)]
    limited = event_input(
        title=event.title, capacity=200, ticket_types=[TicketTypeInput(name="Admission", id=seat.pk, capacity=40)]
    )
    edit = partial(events.edit_event, event=event, data=limited, version=event.version, by=by, now=timezone.now())
    bookers = [booker(event, by) for _ in range(30)]
    cancels = [partial(operations.cancel, booking=booking, now=timezone.now()) for booking in early]
    runners = [runner for pair in zip(bookers, [*cancels, edit, *bookers[:19]], strict=True) for runner in pair]
    outcomes = race(runners, threads=12)
    assert {type(outcome).__name__ for outcome in outcomes} <= {"Booking", "Event", SoldOut.__name__}
    seat.refresh_from_db()
    assert seat.inventory.claimed <= 40
    assert operations.audit_inventory() == []


def test_a_cancellation_that_meets_a_new_limit_gives_back_under_the_new_limit():
    event = make_event()
    by, seat = owner_of(event.organizer), event.ticket_types.get()
    booking = make_booking(event, by, quantity=2)
    limited = event_input(title=event.title, ticket_types=[TicketTypeInput("Admission", id=seat.pk, capacity=5)])
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            events.edit_event(event=event, data=limited, version=event.version, by=by, now=timezone.now())
            cancelling = pool.submit(closing(operations.cancel), booking=booking, now=timezone.now())
            wait_until_blocked()
        assert cancelling.result(timeout=10).status == Booking.Status.CANCELLED
    seat.refresh_from_db()
    assert seat.inventory.claimed == 0
    assert operations.audit_inventory() == []


def test_capacity_cut_during_a_rush_never_falls_below_what_is_taken():
    event = make_event(capacity=30)
    by, seat = owner_of(event.organizer), event.ticket_types.get()
    smaller = event_input(title=event.title, capacity=15, ticket_types=[TicketTypeInput("Admission", id=seat.pk)])
    edit = partial(events.edit_event, event=event, data=smaller, version=event.version, by=by, now=timezone.now())
    bookers = [booker(event, by) for _ in range(40)]
    race([*bookers[:10], edit, *bookers[10:]], threads=12)
    event.inventory.refresh_from_db()
    assert event.inventory.claimed <= event.inventory.capacity
    assert operations.audit_inventory() == []


def test_two_editors_never_overwrite_each_other_silently():
    event = make_event()
    by, seat = owner_of(event.organizer), event.ticket_types.get()
    edits = [
        partial(
            events.edit_event,
            event=event,
            data=event_input(title=f"Title {number}", ticket_types=[TicketTypeInput("Admission", id=seat.pk)]),
            version=event.version,
            by=by,
            now=timezone.now(),
        )
        for number in range(8)
    ]
    outcomes = race(edits, threads=8)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Event": 1, EditConflict.__name__: 7}
    event.refresh_from_db()
    assert event.version == 3  # drafted, published, edited once
