"""What people of a team book on behalf of guests: by the same seats, behind the same line."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import operations
from bookings.errors import CodeUsedUp, KeptForTheLine, KeyReused, NotOnSale, SoldOut
from bookings.models import Booking
from bookings.operations import ForGuest, Request
from core.errors import Invalid
from events.models import Inventory, PromoCode
from events.operations import TicketTypeInput
from outbox.models import Message
from tests.factories import (
    make_booking,
    make_code,
    make_draft,
    make_event,
    make_hold,
    make_place,
    make_user,
    owner_of,
)
from tests.racing import race

pytestmark = pytest.mark.django_db
PRICED = [TicketTypeInput(name="Stalls", price=Decimal("12.50")), TicketTypeInput(name="Friends", hidden=True)]


def sell(event, quantity=1, *, customer=None, name="Stalls", key=None, **more):
    ticket_type = event.ticket_types.get(name=name) if event.ticket_types.count() > 1 else event.ticket_types.get()
    request = Request(event.pk, [(ticket_type.pk, quantity)], name="Rui", email="rui@example.org", **more)
    to = ForGuest(request, (customer or make_user("Rui")).pk)
    return operations.sell(to=to, by=owner_of(event.organizer), now=timezone.now(), key=key, note="Till 2")


def give(event, *quantities, reason="Press"):
    ticket_type = event.ticket_types.order_by("position").first()
    to = [ForGuest(Request(event.pk, [(ticket_type.pk, one)], name="P"), make_user("Pia").pk) for one in quantities]
    return operations.give_away(to=to, by=owner_of(event.organizer), now=timezone.now(), reason=reason)


def taken(event) -> int:
    return Inventory.objects.get(pk=event.inventory_id).claimed


def test_what_is_sold_at_the_box_office_says_so_and_is_confirmed_at_once():
    event = make_event(ticket_types=PRICED, payment_methods=["card"])
    booking = Booking.objects.get(pk=sell(event, 2).pk)
    by = owner_of(event.organizer)
    assert (booking.source, booking.booked_by, booking.source_note) == ("box-office", by, "Till 2")
    assert (booking.status, booking.total, booking.paid_by) == ("confirmed", 2500, "door")
    assert (booking.name, booking.email) == ("Rui", "rui@example.org")
    assert Message.objects.filter(fact="booking_confirmed", payload__booking_id=str(booking.pk)).count() == 1
    assert taken(event) == 2


def test_what_guests_book_themselves_is_online():
    booking = Booking.objects.get(pk=make_booking().pk)
    assert (booking.source, booking.booked_by, booking.source_note) == ("online", None, "")


def test_hidden_types_and_those_whose_sale_is_over_are_sold_too():
    past = timezone.now() - timedelta(hours=1)
    event = make_event(ticket_types=[replace(one, sales_end_at=past, min_per_booking=2) for one in PRICED])
    assert sell(event).quantity == 1
    assert sell(event, name="Friends").total == 0


def test_nothing_is_sold_of_what_is_not_published_or_over():
    with pytest.raises(NotOnSale, match="is draft"):
        sell(make_draft(ticket_types=PRICED))
    event = make_event(ticket_types=PRICED)
    to = ForGuest(Request(event.pk, [(event.ticket_types.first().pk, 1)]), make_user().pk)
    with pytest.raises(NotOnSale, match="is over"):
        operations.sell(to=to, by=make_user(), now=event.ends_at)


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_quantities_that_make_no_sense_are_refused(quantity):
    event = make_event(ticket_types=PRICED, capacity=5000)
    with pytest.raises(Invalid, match="from 1 to 1000"):
        sell(event, quantity)
    assert (taken(event), Booking.objects.count()) == (0, 0)


def test_no_limit_for_one_person_holds():
    event = make_event(max_per_person=2)
    rui = make_user("Rui")
    assert [sell(event, 3, customer=rui).quantity, sell(event, 2, customer=rui).quantity] == [3, 2]


def test_a_promo_code_counts_its_uses_but_not_those_of_one_person():
    event = make_event(ticket_types=PRICED)
    make_code(event, "FIFTH", limit=3, max_per_person=1)
    rui = make_user("Rui")
    assert sell(event, 2, customer=rui, code="fifth").total == 2000
    with pytest.raises(CodeUsedUp):
        sell(event, 2, customer=rui, code="FIFTH")
    assert Inventory.objects.get(promo_code__code="FIFTH").claimed == 2


def test_the_same_key_again_is_the_same_booking():
    event, rui = make_event(), make_user("Rui")
    first = sell(event, customer=rui, key="k1")
    assert sell(event, customer=rui, key="k1").pk == first.pk
    with pytest.raises(KeyReused):
        sell(event, 2, customer=rui, key="k1")
    assert taken(event) == 1


def test_free_seats_that_are_owed_to_the_line_are_not_sold():
    event = make_event(capacity=3)
    make_booking(event, quantity=2)
    make_place(event, quantity=2)
    with pytest.raises(KeptForTheLine, match="1 seat is free, and owed to the line: 1 party waiting"):
        sell(event)
    assert taken(event) == 2


def test_what_is_sold_out_is_sold_out():
    event = make_event(capacity=2)
    make_hold(event, quantity=2)
    with pytest.raises(SoldOut, match="Sold out"):
        sell(event)


def test_what_is_given_away_costs_nothing_and_keeps_its_price_and_the_reason():
    event = make_event(ticket_types=PRICED, payment_methods=["card"])
    booking = Booking.objects.get(pk=give(event, 2)[0].pk)
    line = booking.lines.get()
    assert (line.unit_price, line.discount, line.total, line.tax, line.fee) == (1250, 2500, 0, 0, 0)
    assert (booking.total, booking.paid_by, booking.source, booking.source_note) == (0, "", "complimentary", "Press")


def test_a_part_of_what_was_given_away_can_be_cancelled():
    event = make_event(ticket_types=PRICED)
    (booking,) = give(event, 3)
    line = booking.lines.get()
    operations.cancel_seats(booking=booking, numbers={line.pk: [2]}, now=timezone.now(), even_late=True)
    line.refresh_from_db()
    assert (line.quantity, line.discount, line.total) == (2, 2500, 0)


def test_when_one_of_several_gets_no_seats_none_does():
    event = make_event(capacity=5)
    with pytest.raises(SoldOut, match="Only 1 left"):
        give(event, 2, 2, 2)
    assert (taken(event), Booking.objects.count()) == (0, 0)
    assert not Message.objects.filter(fact="booking_confirmed").exists()


@pytest.mark.django_db(transaction=True)
def test_two_tills_and_the_public_racing_for_the_last_seats_sell_each_once():
    event = make_event(capacity=6, ticket_types=[TicketTypeInput(name="Stalls")])
    guests = [make_user(f"G{n}") for n in range(12)]
    outcomes = race(
        [
            (lambda guest=guest: sell(event, customer=guest))
            if n % 2
            else (lambda guest=guest: make_booking(event, guest))
            for n, guest in enumerate(guests)
        ],
        threads=6,
    )
    sold = [one for one in outcomes if isinstance(one, Booking)]
    assert (len(sold), taken(event)) == (6, 6)
    assert {type(one) for one in outcomes} == {Booking, SoldOut}
    assert operations.audit_inventory() == []


def test_staff_cancel_by_the_policy_even_late():
    event = make_event(ticket_types=PRICED, refund_steps=[[48, 100], [24, 50]])
    booking = sell(event)
    booking.paid_by = Booking.PaidBy.MONEY
    booking.save()
    half, none = event.starts_at - timedelta(hours=30), event.starts_at - timedelta(hours=1)
    for now, refund in ((half, 625), (none, 0)):
        cancelled = operations.cancel(booking=booking, now=now, even_late=True, by_policy=True, expected_refund=refund)
        assert (cancelled.status, cancelled.adjustment) == ("cancelled", 1250 - refund)
        Booking.objects.filter(pk=booking.pk).update(status="confirmed", adjustment=0, ended_at=None)
        Inventory.objects.filter(pk=event.inventory_id).update(claimed=1)


def test_codes_that_unlock_do_so_here_too():
    event = make_event(ticket_types=PRICED)
    make_code(event, "DOORS", kind=PromoCode.Kind.UNLOCK, unlocks=True)
    assert sell(event, name="Friends", code="DOORS").total == 0
