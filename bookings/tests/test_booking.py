from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from bookings import operations
from bookings.errors import HoldLapsed, KeyReused, NotOnSale, NotPaid, NotPending, OverPersonalLimit, SoldOut
from bookings.models import Booking
from bookings.operations import Request
from core.errors import Invalid
from events import operations as events
from events.models import Movement
from events.operations import TicketTypeInput
from events.operations.inputs import input_of
from outbox.models import Message
from tests.factories import event_input, make_booking, make_draft, make_event, make_hold, make_user, owner_of

pytestmark = pytest.mark.django_db


def counters(event) -> tuple[int, int]:
    """(claimed, held) of the house."""
    event.inventory.refresh_from_db()
    return event.inventory.claimed, event.inventory.held


def refused(error, request, **more):
    """The refusal of a booking that must change nothing."""
    before = Booking.objects.count(), Movement.objects.count(), Message.objects.count()
    with pytest.raises(error) as caught:
        operations.book(request=request, customer_id=make_user().pk, now=timezone.now(), **more)
    assert (Booking.objects.count(), Movement.objects.count(), Message.objects.count()) == before
    assert operations.audit_inventory() == []
    return caught.value


def type_named(event, name):
    return event.ticket_types.get(name=name)


def test_a_free_booking_is_confirmed_at_once_and_announced():
    event = make_event()
    booking = make_booking(event, quantity=2)
    assert (booking.status, booking.total, booking.quantity) == (Booking.Status.CONFIRMED, 0, 2)
    assert counters(event) == (2, 0)
    assert Message.objects.get(fact="booking_confirmed").payload == {"booking_id": str(booking.pk)}
    assert operations.audit_inventory() == []


def test_several_types_are_booked_together_at_their_prices():
    types = [
        TicketTypeInput(name="Seat", price=Decimal("12.50")),
        TicketTypeInput(name="Box", price=Decimal(40), capacity=2),
    ]
    event = make_event(ticket_types=types)
    items = [(type_named(event, "Seat").pk, 2), (type_named(event, "Box").pk, 1)]
    booking = operations.book(request=Request(event.pk, items), customer_id=make_user().pk, now=timezone.now())
    assert booking.total == 6500
    assert counters(event) == (3, 0)
    box = type_named(event, "Box").inventory
    assert (box.claimed, box.free) == (1, 1)
    assert sorted(Movement.objects.filter(booking_id=booking.pk).values_list("change", flat=True)) == [1, 3]
    assert operations.audit_inventory() == []


def test_a_party_is_taken_whole_or_refused_and_told_what_is_left():
    event = make_event(capacity=5)
    make_booking(event, quantity=3)
    refusal = refused(SoldOut, Request(event.pk, quantity=3))
    assert refusal.detail == "Only 2 left."
    assert refusal.extra == {"available": 2, "waitlist": f"/api/waitlist/join/{event.pk}"}


def test_a_type_with_a_limit_of_its_own_sells_out_alone():
    event = make_event(ticket_types=[TicketTypeInput(name="Seat"), TicketTypeInput(name="Box", capacity=1)])
    box, seat = type_named(event, "Box"), type_named(event, "Seat")
    book = {"customer_id": make_user().pk, "now": timezone.now()}
    operations.book(request=Request(event.pk, [(box.pk, 1)]), **book)
    refusal = refused(SoldOut, Request(event.pk, [(seat.pk, 1), (box.pk, 1)]))
    assert (refusal.extra["available"], refusal.extra["ticket_type"]) == (0, str(box.pk))
    assert operations.book(request=Request(event.pk, [(seat.pk, 1)]), **book).quantity == 1


@pytest.mark.parametrize("quantity", [0, -1, 11, 1_000_000])
def test_quantities_outside_the_type_s_bounds_are_invalid(quantity):
    refusal = refused(Invalid, Request(make_event().pk, quantity=quantity))
    assert refusal.errors == {"quantity": [f"Admission: from 1 to 10 in one booking, not {quantity}."]}


def test_unknown_events_and_drafts_are_no_events():
    assert refused(Invalid, Request(uuid4(), quantity=1)).errors == {"event": ["There is no such event."]}
    assert refused(Invalid, Request(make_draft().pk, quantity=1)).errors == {"event": ["There is no such event."]}


def test_types_of_another_event_and_types_named_twice_are_invalid():
    event, other = make_event(), make_event().ticket_types.get()
    assert "no ticket type" in refused(Invalid, Request(event.pk, [(other.pk, 1)])).detail
    own = event.ticket_types.get()
    assert refused(Invalid, Request(event.pk, [(own.pk, 1), (own.pk, 1)])).errors == {
        "items": ["Name each ticket type once."]
    }
    assert refused(Invalid, Request(event.pk)).errors == {"items": ["Choose at least one ticket."]}


def test_tickets_are_sold_only_within_their_window():
    now = timezone.now()
    later = TicketTypeInput(name="Later", sales_start_at=now + timedelta(hours=1))
    over = TicketTypeInput(name="Over", sales_end_at=now - timedelta(hours=1))
    event = make_event(ticket_types=[later, over])
    assert "sales open on" in refused(NotOnSale, Request(event.pk, [(type_named(event, "Later").pk, 1)])).detail
    assert refused(NotOnSale, Request(event.pk, [(type_named(event, "Over").pk, 1)])).detail == (
        "Over: sales have ended."
    )


def test_past_cancelled_and_postponed_events_sell_nothing():
    now = timezone.now()
    long_ago = now - timedelta(days=30)
    past = make_event(now=long_ago, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    assert refused(NotOnSale, Request(past.pk, quantity=1)).detail.endswith("is over: no tickets are sold.")
    for operation, word in [(events.cancel_event, "cancelled"), (events.postpone_event, "postponed")]:
        event = make_event()
        operation(event=event, version=event.version, by=owner_of(event.organizer), now=now)
        assert refused(NotOnSale, Request(event.pk, quantity=1)).detail.endswith(f"is {word}: no tickets are sold.")


def test_the_limit_per_person_counts_all_their_live_bookings():
    event, ada = make_event(max_per_person=3), make_user()
    first = make_booking(event, ada, quantity=2)
    make_booking(event, make_user(), quantity=3)
    with pytest.raises(OverPersonalLimit) as caught:
        make_booking(event, ada, quantity=2)
    assert caught.value.extra == {"limit": 3, "available": 1}
    operations.cancel(booking=first, now=timezone.now())
    assert make_booking(event, ada, quantity=3).status == Booking.Status.CONFIRMED


def test_a_repeated_key_returns_the_first_booking_and_another_body_is_refused():
    event, ada = make_event(), make_user()
    ask = {"customer_id": ada.pk, "now": timezone.now(), "key": "abc"}
    first = operations.book(request=Request(event.pk, quantity=1), **ask)
    assert operations.book(request=Request(event.pk, quantity=1), **ask) == first
    with pytest.raises(KeyReused):
        operations.book(request=Request(event.pk, quantity=2), **ask)
    assert operations.book(request=Request(event.pk, quantity=2), **{**ask, "customer_id": make_user().pk}) != first
    assert counters(event) == (3, 0)


def test_a_basket_holds_seats_and_becomes_a_booking():
    event = make_event()
    basket = make_hold(event, quantity=2)
    assert basket.status == Booking.Status.PENDING
    assert counters(event) == (2, 2)
    assert not Message.objects.filter(fact="booking_confirmed").exists()
    operations.confirm(booking=basket, now=timezone.now(), name="Zoë")
    basket.refresh_from_db()
    assert (basket.status, basket.name) == (Booking.Status.CONFIRMED, "Zoë")
    assert counters(event) == (2, 0)
    assert Message.objects.filter(fact="booking_confirmed").count() == 1
    operations.confirm(booking=basket, now=timezone.now())
    assert Message.objects.filter(fact="booking_confirmed").count() == 1
    assert operations.audit_inventory() == []


def test_a_lapsed_basket_gives_its_seats_back_once_and_can_t_be_confirmed():
    event = make_event()
    basket = make_hold(event, quantity=2)
    assert operations.release_lapsed(now=basket.hold_expires_at - timedelta(seconds=1)) == 0
    with pytest.raises(HoldLapsed):
        operations.confirm(booking=basket, now=basket.hold_expires_at)
    assert counters(event) == (2, 2)
    assert operations.release_lapsed(now=basket.hold_expires_at) == 1
    assert operations.release_lapsed(now=basket.hold_expires_at) == 0
    assert counters(event) == (0, 0)
    with pytest.raises(HoldLapsed):
        operations.confirm(booking=basket, now=timezone.now())
    assert operations.audit_inventory() == []


def test_a_basket_given_back_can_t_be_confirmed():
    basket = make_hold()
    operations.cancel(booking=basket, now=timezone.now())
    with pytest.raises(NotPending):
        operations.confirm(booking=basket, now=timezone.now())
    assert operations.audit_inventory() == []


def test_a_limit_added_later_counts_what_was_booked_before():
    event = make_event(capacity=10)
    basket = make_hold(event, quantity=2)
    make_booking(event, quantity=3)
    seat = event.ticket_types.get()
    limited = TicketTypeInput(name="Admission", id=seat.pk, capacity=6)
    changed = event_input(title=event.title, capacity=10, ticket_types=[limited])
    events.edit_event(
        event=event, data=changed, version=event.version, by=owner_of(event.organizer), now=timezone.now()
    )
    seat.refresh_from_db()
    assert (seat.inventory.capacity, seat.inventory.claimed, seat.inventory.held) == (6, 5, 2)
    assert operations.audit_inventory() == []
    operations.cancel(booking=basket, now=timezone.now())
    seat.inventory.refresh_from_db()
    assert (seat.inventory.claimed, seat.inventory.held) == (3, 0)
    assert operations.audit_inventory() == []


def test_the_audit_names_what_does_not_add_up():
    event = make_event()
    make_booking(event, quantity=2)
    type(event.inventory).objects.filter(pk=event.inventory_id).update(claimed=1)
    (discrepancy,) = operations.audit_inventory()
    assert (discrepancy.inventory_id, discrepancy.claimed, discrepancy.in_bookings) == (event.inventory_id, 1, 2)


def paid_event(*methods, **changes):
    types = [TicketTypeInput(name="Seat", price=Decimal("12.50"))]
    return make_event(payment_methods=list(methods), ticket_types=types, **changes)


def test_what_is_paid_at_the_door_alone_is_confirmed_at_once_on_that_promise():
    booking = make_booking(paid_event("door"))
    assert (booking.status, booking.paid_by) == ("confirmed", "door")
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by) == ("confirmed", "door")


@pytest.mark.parametrize("methods", [["card"], ["transfer"], ["card", "door"]], ids=" ".join)
def test_what_may_be_paid_before_becomes_a_basket_first(methods):
    booking = make_booking(event := paid_event(*methods), quantity=2)
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by, booking.total) == ("pending", "", 2500)
    assert booking.hold_expires_at is not None
    assert counters(event) == (2, 2)
    assert not Message.objects.filter(fact="booking_confirmed").exists()


def test_what_is_free_is_confirmed_at_once_whatever_the_event_takes():
    booking = make_booking(make_event(payment_methods=["card"]))
    assert (booking.status, booking.paid_by) == ("confirmed", "")


def test_a_basket_that_must_be_paid_is_not_confirmed_without_money():
    booking = make_booking(event := paid_event("card"))
    with pytest.raises(NotPaid):
        operations.confirm(booking=booking, now=timezone.now())
    booking.refresh_from_db()
    assert (booking.status, counters(event)) == ("pending", (1, 1))


def test_a_basket_may_be_confirmed_on_the_promise_to_pay_at_the_door_where_that_is_offered():
    booking = make_booking(paid_event("card", "door"))
    operations.confirm(booking=booking, now=timezone.now())
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by) == ("confirmed", "door")


def test_money_confirms_a_basket_even_after_its_time_as_long_as_it_has_its_seats():
    booking = make_booking(event := paid_event("card"))
    late = booking.hold_expires_at + timedelta(minutes=1)
    assert operations.confirm_paid(booking=booking, now=late)
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by, booking.confirmed_at) == ("confirmed", "money", late)
    assert counters(event) == (1, 0)
    assert not operations.confirm_paid(booking=booking, now=late)
    assert operations.audit_inventory() == []


def test_money_confirms_nothing_whose_seats_are_gone():
    booking = make_booking(event := paid_event("card"))
    operations.expire(booking=booking, now=booking.hold_expires_at)
    assert not operations.confirm_paid(booking=booking, now=timezone.now())
    booking.refresh_from_db()
    assert (booking.status, counters(event)) == ("expired", (0, 0))


def test_a_booking_keeps_the_rules_of_cancelling_that_it_was_made_by():
    booking = make_booking(event := make_event(cancellation_hours=48, refund_steps=[[96, 100], [48, 50]]))
    data = replace(input_of(event), cancellation_hours=1, refund_steps=[])
    events.edit_event(event=event, data=data, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    booking = Booking.objects.select_related("event").get(pk=booking.pk)
    assert booking.policy == {"cancel_hours": 48, "refund": [[96, 100], [48, 50]]}
    assert booking.cancellable_until == event.starts_at - timedelta(hours=48)
