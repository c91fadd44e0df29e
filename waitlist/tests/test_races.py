"""The line beside everything else, over real connections. Each of these fails when its guard is taken out."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import SoldOut
from bookings.models import Booking
from core.errors import DomainError
from events import operations as events
from events.models import Event, Inventory
from events.operations import input_of
from tests.factories import make_booking, make_event, make_user, owner_of
from tests.racing import closing, race, wait_until_blocked
from waitlist import operations
from waitlist.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
Status = Entry.Status


def join(event, who, quantity=1):
    return operations.join(event_id=event.pk, customer_id=who.pk, quantity=quantity, now=timezone.now())


def full_house(seats, **changes):
    event = make_event(capacity=seats, **changes)
    return event, [make_booking(event) for _ in range(seats)]


def unexpected(outcomes) -> list:
    """What was raised and is no refusal."""
    return [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, DomainError)]


def adds_up() -> bool:
    return bookings.audit_inventory() == []


def test_not_one_public_booking_goes_past_the_line_while_seats_are_freed():
    event, booked = full_house(24)
    line = [join(event, make_user()) for _ in range(40)]
    people = [make_user() for _ in range(6)]
    freed = threading.Event()

    def hammer(who):
        """Book without a pause until all seats have been freed, and once more."""
        got = 0
        while True:
            last = freed.is_set()
            try:
                bookings.book(request=bookings.Request(event.pk, quantity=1), customer_id=who.pk, now=timezone.now())
                got += 1
            except SoldOut:
                pass
            if last:
                return got

    def free_all():
        try:
            for booking in booked:
                bookings.cancel(booking=booking, now=timezone.now())
        finally:
            freed.set()

    outcomes = race([free_all, *[partial(hammer, who) for who in people]], threads=7)
    assert outcomes[1:] == [0] * 6
    offered = Entry.objects.offered().order_by("number").values_list("number", flat=True)
    assert list(offered) == [entry.number for entry in line[:24]]
    assert adds_up()


def test_who_waited_for_the_lock_while_a_line_formed_stands_behind_it():
    """The seats were free when the booking was first looked at, and are the line's by the time it is decided."""
    event, late = make_event(capacity=3), make_user()
    book = partial(bookings.book, request=bookings.Request(event.pk, quantity=1), customer_id=late.pk)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            join(event, make_user(), 4)  # a party that is too large, and has precedence
            booking = pool.submit(closing(book), now=timezone.now())
            wait_until_blocked()
        with pytest.raises(SoldOut):
            booking.result(timeout=10)
    assert adds_up()


def test_an_offer_accepted_passed_and_lapsed_at_once_ends_one_way():
    event, booked = full_house(6)
    people = [make_user() for _ in range(6)]
    line = [join(event, who) for who in people]
    for booking in booked:
        bookings.cancel(booking=booking, now=timezone.now())
    late = timezone.now() + timedelta(days=1)
    runners = []
    for entry in line:
        runners += [
            partial(bookings.accept, entry=entry, now=timezone.now()),
            partial(bookings.accept, entry=entry, now=timezone.now()),
            partial(operations.pass_up, entry=entry, now=timezone.now()),
            partial(operations.lapse, entry=entry, now=late),
            partial(operations.leave, entry=entry, now=timezone.now()),
        ]
    random.Random(7).shuffle(runners)
    outcomes = race(runners, threads=12)
    assert unexpected(outcomes) == []
    ends = Counter(Entry.objects.values_list("status", flat=True))
    assert set(ends) <= {Status.ACCEPTED, Status.PASSED, Status.LAPSED, Status.LEFT}
    accepted = Entry.objects.filter(status=Status.ACCEPTED)
    assert set(accepted.values_list("booking_id", flat=True)) == set(
        Booking.objects.confirmed().values_list("pk", flat=True)
    )
    assert Inventory.objects.get(pk=event.inventory_id).claimed == len(accepted)
    assert adds_up()


def test_one_who_joins_many_times_at_once_stands_in_line_once():
    event, _ = full_house(1)
    ada = make_user()
    outcomes = race([partial(join, event, ada) for _ in range(12)], threads=12)
    assert unexpected(outcomes) == []
    assert Entry.objects.get().number == 1
    assert adds_up()


def test_numbers_are_drawn_in_order_and_nobody_joins_past_a_free_seat():
    """While the last seat is booked and given back, who joins either may book it or is handed it."""
    event, [booking] = full_house(1)
    people = [make_user() for _ in range(16)]
    joins = [partial(join, event, who) for who in people]
    cancel = partial(bookings.cancel, booking=booking, now=timezone.now())
    outcomes = race([*joins[:8], cancel, *joins[8:]], threads=10)
    assert unexpected(outcomes) == []
    house = Inventory.objects.get(pk=event.inventory_id)
    waiting = Entry.objects.waiting().count()
    assert (house.offered == 1) or waiting == 0
    assert house.free == (0 if Entry.objects.live().exists() else 1)
    assert adds_up()


def test_everything_beside_everything_keeps_every_promise():
    event, booked = full_house(8, waitlist_order="strict")
    by = owner_of(event.organizer)
    people = [make_user() for _ in range(24)]
    chance = random.Random(11)

    def one_of(entries):
        found = list(entries[:20])
        return chance.choice(found) if found else None

    def book(who):
        bookings.book(request=bookings.Request(event.pk, quantity=1), customer_id=who.pk, now=timezone.now())

    def cancel(_):
        if booking := one_of(Booking.objects.live()):
            bookings.cancel(booking=booking, now=timezone.now())

    def leave(_):
        if entry := one_of(Entry.objects.live()):
            operations.leave(entry=entry, now=timezone.now())

    def answer(_):
        if entry := one_of(Entry.objects.offered()):
            done = chance.choice([bookings.accept, bookings.accept, operations.pass_up])
            done(entry=entry, now=timezone.now())

    def lapse(_):
        operations.lapse_due(now=timezone.now() + timedelta(hours=chance.choice([0, 5])), limit=2)

    def resize(_):
        current = Event.objects.select_related("inventory").get(pk=event.pk)
        data = replace(input_of(current), capacity=chance.randint(8, 14))
        events.edit_event(event=current, data=data, version=current.version, by=by, now=timezone.now())

    actions = [book, book, cancel, cancel, cancel, lambda who: join(event, who), lambda who: join(event, who)]
    actions += [lambda who: join(event, who), leave, answer, answer, answer, lapse, resize]
    runners = [closing(partial(chance.choice(actions), chance.choice(people))) for _ in range(400)]
    outcomes = race(runners, threads=10)
    assert unexpected(outcomes) == []
    assert adds_up()
    head = Entry.objects.waiting().order_by("number").first()
    if head:  # parties of one, strict order: who waits is behind all who were asked
        asked = Entry.objects.filter(offered_at__isnull=False, number__gt=head.number)
        assert not asked.exists()
    house = Inventory.objects.get(pk=event.inventory_id)
    assert not (house.waiting and house.unclaimed)
