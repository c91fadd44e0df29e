"""The copy of an event: like it in what a rush meets, and gone without a trace."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Team, User
from bookings import operations
from bookings.errors import NotOnSale
from events.models import Event, Inventory, Movement
from events.operations import TicketTypeInput
from outbox.models import Message
from outbox.operations import deliver
from rehearsal import clone as clones
from rehearsal.buyers import make_buyers
from rehearsal.errors import NoRehearsal
from tests.factories import make_booking, make_event
from tests.racing import race


def counts() -> list[int]:
    return [model.objects.count() for model in (Event, Inventory, Movement, Message, User, Team)]


def rehearse(event: Event) -> tuple[Event, str]:
    """A clone with one booking, and the booking's id."""
    clone = clones.make_clone(event, now=timezone.now())
    (buyer,) = make_buyers(clone, count=1, now=timezone.now())
    request = operations.Request(clone.pk, [(clone.types_for_sale()[0].pk, 2)])
    return clone, str(operations.book(request=request, customer_id=buyer.pk, now=timezone.now()).pk)


@pytest.mark.django_db
def test_it_sells_the_same_from_now_on_with_every_seat_free():
    tomorrow = timezone.now() + timedelta(days=1)
    types = [
        TicketTypeInput("Front row", price=Decimal(20), capacity=4, max_per_booking=2, sales_start_at=tomorrow),
        TicketTypeInput("Hall", min_per_booking=2),
    ]
    event = make_event(capacity=10, ticket_types=types, max_per_person=3, currency="JPY")
    make_booking(event, items=[(event.types_for_sale()[1].pk, 2)])
    clone = clones.make_clone(event, now=timezone.now())
    assert (clone.inventory.capacity, clone.inventory.claimed) == (10, 0)
    assert (clone.currency, clone.max_per_person) == ("JPY", 3)
    front, hall = clone.types_for_sale()
    assert (front.name, front.price, front.inventory.capacity, front.max_per_booking) == ("Front row", 20, 4, 2)
    assert (hall.name, hall.inventory, hall.min_per_booking) == ("Hall", None, 2)
    assert front.on_sale(timezone.now())
    assert clone.inventory_id < front.inventory_id  # the house is locked first
    assert operations.audit_inventory() == []


@pytest.mark.django_db
def test_sweeping_takes_everything_of_it_and_nothing_else():
    event = make_event()
    make_booking(event)
    before = counts()
    clone, booking = rehearse(event)
    message = Message.objects.get(payload__booking_id=booking)
    assert deliver(message=message, now=timezone.now())  # delivered ones too
    clones.sweep(clone)
    assert counts() == before
    assert operations.audit_inventory() == []


@pytest.mark.django_db
def test_after_its_end_nothing_is_sold():
    clone, _ = rehearse(make_event())
    clones.end(clone, now=timezone.now())
    request = operations.Request(clone.pk, [(clone.types_for_sale()[0].pk, 1)])
    with pytest.raises(NotOnSale):
        operations.book(request=request, customer_id=User.objects.latest("pk").pk, now=timezone.now())


@pytest.mark.django_db
def test_one_whose_heart_beats_is_left_alone():
    clone, _ = rehearse(make_event())
    later = timezone.now() + clones.GIVEN_UP_AFTER
    clones.keep_alive(clone, now=later)
    assert clones.sweep_given_up(now=later + timedelta(seconds=29)) == 0
    assert clones.sweep_given_up(now=later + timedelta(seconds=30)) == 1
    assert not clones.rehearsals().exists()


@pytest.mark.django_db(transaction=True)
def test_of_those_that_start_at_the_same_moment_one_takes_place():
    event, now = make_event(), timezone.now()
    outcomes = race([lambda: clones.make_clone(event, now=now)] * 4, threads=4)
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, Event)] == [NoRehearsal] * 3
    assert clones.rehearsals().count() == 1


@pytest.mark.django_db
def test_a_copy_is_paid_at_the_door_so_that_nobody_s_money_is_asked_for():
    event = make_event(payment_methods=["card", "transfer"])
    assert clones.make_clone(event, now=timezone.now()).payment_methods == ["door"]
