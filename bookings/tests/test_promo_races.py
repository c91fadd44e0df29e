"""Promo codes beside everything, over real connections. Each of these fails when its guard is taken out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import operations
from bookings.errors import CodeUsedUp
from bookings.models import Booking
from bookings.operations import Request
from events import operations as events
from events.errors import CodeRefused
from events.operations import TicketTypeInput
from tests.factories import make_code, make_event, make_user, owner_of
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)

SEAT = TicketTypeInput("Seat", price=Decimal(10))


def booker(event, customer, quantity=1, code="EARLY", hold=False):
    request = Request(event.pk, quantity=quantity, code=code)
    take = operations.hold if hold else operations.book
    return partial(take, request=request, customer_id=customer.pk, now=timezone.now())


def kinds(outcomes) -> Counter:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def test_five_hundred_people_racing_for_a_code_with_a_hundred_uses_use_it_exactly_a_hundred_times():
    event = make_event(capacity=1000, ticket_types=[SEAT])
    code, people = make_code(event, limit=100), [make_user() for _ in range(20)]
    outcomes = race([booker(event, people[n % 20], hold=n % 3 == 0) for n in range(500)], threads=50)
    assert kinds(outcomes) == {"Booking": 100, CodeUsedUp.__name__: 400}
    code.inventory.refresh_from_db()
    assert Booking.objects.live().filter(promo_code=code).seats() == code.inventory.claimed == 100
    assert {booking.total for booking in outcomes if isinstance(booking, Booking)} == {800}
    assert operations.audit_inventory() == []


def test_parties_of_mixed_size_use_a_code_up_and_no_more():
    event = make_event(capacity=200, ticket_types=[SEAT])
    code = make_code(event, limit=20)
    outcomes = race([booker(event, make_user(), quantity=1 + n % 4) for n in range(40)], threads=20)
    assert set(kinds(outcomes)) == {"Booking", CodeUsedUp.__name__}
    code.inventory.refresh_from_db()
    assert code.inventory.claimed == 20
    assert operations.audit_inventory() == []


def test_one_person_racing_themselves_stays_within_their_share_of_a_code():
    event, ada = make_event(capacity=50, ticket_types=[SEAT]), make_user()
    make_code(event, max_per_person=3)
    outcomes = race([booker(event, ada) for _ in range(16)], threads=16)
    assert kinds(outcomes) == {"Booking": 3, CodeUsedUp.__name__: 13}
    assert operations.audit_inventory() == []


def test_a_code_that_is_switched_off_in_a_rush_is_used_by_nobody_afterwards():
    event = make_event(capacity=200, ticket_types=[SEAT])
    code, by = make_code(event), owner_of(event.organizer)
    off = partial(events.switch_code, code=code, active=False, by=by, now=timezone.now())
    bookers = [booker(event, by) for _ in range(40)]
    outcomes = race([*bookers[:15], off, *bookers[15:]], threads=12)
    assert set(kinds(outcomes)) <= {"Booking", "PromoCode", CodeRefused.__name__}
    code.inventory.refresh_from_db()
    used = code.inventory.claimed
    race([booker(event, by) for _ in range(5)], threads=5)
    code.inventory.refresh_from_db()
    assert code.inventory.claimed == used
    assert operations.audit_inventory() == []


def test_people_who_use_a_code_and_people_who_give_it_back_meet_no_deadlock():
    event = make_event(capacity=200, ticket_types=[SEAT, TicketTypeInput("Box", price=Decimal(20), capacity=60)])
    code = make_code(event, limit=30)
    types = list(event.ticket_types.all())

    def take_and_cancel(customer):
        request = Request(event.pk, [(one.pk, 1) for one in types], code="EARLY")
        booking = operations.book(request=request, customer_id=customer.pk, now=timezone.now())
        return operations.cancel(booking=booking, now=timezone.now())

    outcomes = race([partial(take_and_cancel, make_user()) for _ in range(40)], threads=20)
    assert set(kinds(outcomes)) <= {"Booking", CodeUsedUp.__name__}
    code.inventory.refresh_from_db()
    assert code.inventory.claimed == 0
    assert operations.audit_inventory() == []


def test_an_event_that_is_being_created_while_the_tax_changes_has_the_new_price():
    event = make_event(ticket_types=[SEAT])
    team, by, now = event.organizer, owner_of(event.organizer), timezone.now()
    change = closing(partial(events.set_tax, team=team, name="VAT", rate=Decimal(20), included=False, by=by, now=now))
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            copy = events.duplicate_event(event=event, by=by, now=now)
            changing = pool.submit(change)
            wait_until_blocked()
        changing.result(timeout=10)
    assert {one.ticket_types.get().price for one in (event, copy)} == {1200}


def test_a_booking_in_flight_while_its_code_changes_is_planned_again():
    event = make_event(ticket_types=[SEAT])
    code, by, now = make_code(event), owner_of(event.organizer), timezone.now()
    data = events.PromoCodeInput("EARLY", percent=Decimal(5))
    for change in (
        partial(events.edit_code, code=code, data=data, by=by, now=now),
        partial(events.switch_code, code=code, active=False, by=by, now=now),
        partial(events.switch_code, code=code, active=True, by=by, now=now),
        partial(events.set_tax, team=event.organizer, name="VAT", rate=Decimal(20), included=False, by=by, now=now),
    ):
        events.switch_code(code=code, active=True, by=by, now=now)
        order = operations.order_for(Request(event.pk, quantity=1, code="EARLY"), by.pk, now)
        change()
        assert [answer.outcome for answer in operations.decide([order])] == ["replan"]
    assert not Booking.objects.exists()
