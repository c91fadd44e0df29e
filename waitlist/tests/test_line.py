"""Join, wait, be offered seats, answer: one thing after the other."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import AlreadyBooked, OverPersonalLimit, SoldOut
from bookings.models import Booking
from core.errors import Invalid, NotAllowed
from events import operations as events
from events.errors import CapacityTooSmall
from events.models import Inventory, Movement
from events.operations import TicketTypeInput, input_of
from outbox.models import Message
from outbox.operations import deliver
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of
from waitlist import operations
from waitlist.errors import (
    AlreadyInLine,
    LineClosed,
    NoOffer,
    NoSeatsToOffer,
    NotInLine,
    NotSoldOut,
    OfferLapsed,
)
from waitlist.models import Entry

pytestmark = pytest.mark.django_db
Status = Entry.Status
HOUR = timedelta(hours=1)


def sold_out(seats: int = 2, **changes):
    """An event whose seats are all booked, one booking each, and those bookings."""
    event = make_event(capacity=seats, **changes)
    kind = event.types_for_sale()[0].pk
    return event, [make_booking(event, items=[(kind, 1)]) for _ in range(seats)]


def join(event, quantity=1, who=None, **more) -> Entry:
    now = more.pop("now", timezone.now())
    return operations.join(event_id=event.pk, customer_id=(who or make_user()).pk, quantity=quantity, now=now, **more)


def cancel(booking, now=None) -> None:
    bookings.cancel(booking=booking, now=now or timezone.now(), even_late=True)


def status_of(*entries) -> list[str]:
    return [Entry.objects.get(pk=entry.pk).status for entry in entries]


def counters(event) -> tuple[int, int, int]:
    """(claimed, offered, waiting) of the house."""
    house = Inventory.objects.get(pk=event.inventory_id)
    return house.claimed, house.offered, house.waiting


def edit(event, **changes):
    data = replace(input_of(event), **changes)
    return events.edit_event(
        event=event, data=data, version=event.version, by=owner_of(event.organizer), now=timezone.now()
    )


@pytest.fixture(autouse=True)
def _adds_up():
    yield
    assert bookings.audit_inventory() == []


def test_a_freed_seat_goes_to_the_head_of_the_line_and_never_past_it():
    event, [first, second] = sold_out()
    ada, bob = join(event), join(event)
    assert counters(event) == (2, 0, 2)
    cancel(first)
    assert status_of(ada, bob) == [Status.OFFERED, Status.WAITING]
    assert counters(event) == (1, 1, 1)
    with pytest.raises(SoldOut):
        make_booking(event)
    cancel(second)
    assert status_of(ada, bob) == [Status.OFFERED, Status.OFFERED]
    assert counters(event) == (0, 2, 0)


def test_positions_are_counted_and_move_up():
    event, [first, _] = sold_out()
    line = [join(event) for _ in range(3)]

    def positions():
        return [Entry.objects.with_position().get(pk=entry.pk).position for entry in line]

    assert positions() == [1, 2, 3]
    cancel(first)
    assert positions() == [None, 1, 2]
    operations.leave(entry=line[1], now=timezone.now())
    assert positions() == [None, None, 1]


def test_accepting_makes_a_booking_of_the_reserved_seats():
    event, [first, _] = sold_out()
    ada = make_user()
    entry = join(event, who=ada)
    cancel(first)
    booking = bookings.accept(entry=entry, now=timezone.now())
    assert (booking.status, booking.customer_id, booking.quantity) == (Booking.Status.CONFIRMED, ada.pk, 1)
    assert counters(event) == (2, 0, 0)
    assert bookings.accept(entry=entry, now=timezone.now()) == booking
    assert Message.objects.filter(fact="booking_confirmed", payload__booking_id=str(booking.pk)).count() == 1
    reasons = Movement.objects.filter(entry_id=entry.pk).order_by("at", "id").values_list("reason", flat=True)
    assert list(reasons) == ["offered", "accepted"]


def test_accepting_costs_today_s_price():
    types = [TicketTypeInput("Seat", price=Decimal("12.50"))]
    event, [first, *_] = sold_out(2, ticket_types=types)
    entry = join(event)
    cancel(first)
    booking = bookings.accept(entry=entry, now=timezone.now())
    assert (booking.total, booking.lines.get().unit_price) == (1250, 1250)


def test_passing_hands_on_at_once_and_twice_is_harmless():
    event, [first, _] = sold_out()
    ada, bob = join(event), join(event)
    cancel(first)
    operations.pass_up(entry=ada, now=timezone.now())
    assert status_of(ada, bob) == [Status.PASSED, Status.OFFERED]
    assert operations.pass_up(entry=ada, now=timezone.now()).status == Status.PASSED
    assert counters(event) == (1, 1, 0)
    with pytest.raises(NoOffer):
        bookings.accept(entry=ada, now=timezone.now())


def test_a_lapsed_offer_goes_on_once_and_can_not_be_accepted():
    event, [first, _] = sold_out()
    ada, bob = join(event), join(event)
    cancel(first)
    late = timezone.now() + 5 * HOUR
    with pytest.raises(OfferLapsed):
        bookings.accept(entry=ada, now=late)
    assert operations.lapse_due(now=late) == 1
    assert operations.lapse_due(now=late) == 0
    assert status_of(ada, bob) == [Status.LAPSED, Status.OFFERED]
    with pytest.raises(OfferLapsed):
        bookings.accept(entry=ada, now=timezone.now())


def test_each_offer_has_a_timer_of_its_own():
    event, [first, _] = sold_out(offer_minutes=30)
    ada = join(event)
    cancel(first)
    ada.refresh_from_db()
    timer = Message.objects.get(fact="offer_due")
    assert timer.available_at == ada.offer_expires_at
    assert deliver(message=timer, now=ada.offer_expires_at - timedelta(seconds=1)) is False
    Entry.objects.filter(pk=ada.pk).update(offer_expires_at=timezone.now())
    assert deliver(message=timer, now=timer.available_at)
    assert status_of(ada) == [Status.LAPSED]
    assert counters(event) == (1, 0, 0)


def test_in_strict_order_seats_wait_until_the_first_party_fits():
    event, [first, second] = sold_out()
    pair, single = join(event, 2), join(event, 1)
    cancel(first)
    assert status_of(pair, single) == [Status.WAITING, Status.WAITING]
    with pytest.raises(SoldOut):
        make_booking(event)
    cancel(second)
    assert status_of(pair, single) == [Status.OFFERED, Status.WAITING]


def test_where_seats_are_filled_the_first_party_that_fits_gets_them():
    event, [first, second] = sold_out(waitlist_order="fill")
    pair, single = join(event, 2), join(event, 1)
    cancel(first)
    assert status_of(pair, single) == [Status.WAITING, Status.OFFERED]
    cancel(second)
    assert status_of(pair) == [Status.WAITING]
    assert counters(event) == (0, 1, 1)


def test_who_joins_a_line_that_seats_are_filled_from_may_be_offered_seats_at_once():
    event, [first, _] = sold_out(waitlist_order="fill")
    join(event, 2)
    cancel(first)
    assert counters(event) == (1, 0, 1)
    with pytest.raises(SoldOut):
        make_booking(event)
    assert join(event, 1).status == Status.OFFERED


def test_when_the_head_leaves_those_behind_get_what_it_kept():
    event, [first, _] = sold_out()
    pair, single = join(event, 2), join(event, 1)
    cancel(first)
    operations.leave(entry=pair, now=timezone.now())
    assert status_of(pair, single) == [Status.LEFT, Status.OFFERED]


def test_when_the_last_one_leaves_the_seats_are_everybody_s_again():
    event, [first, _] = sold_out()
    pair = join(event, 2)
    cancel(first)
    operations.leave(entry=pair, now=timezone.now())
    assert make_booking(event).status == Booking.Status.CONFIRMED


def test_leaving_with_an_offer_hands_it_on():
    event, [first, _] = sold_out()
    ada, bob = join(event), join(event)
    cancel(first)
    operations.leave(entry=ada, now=timezone.now())
    assert status_of(ada, bob) == [Status.LEFT, Status.OFFERED]
    with pytest.raises(NotInLine):
        operations.leave(entry=ada, now=timezone.now())


def test_a_lapsed_basket_goes_to_the_line():
    event = make_event(capacity=1)
    basket = make_hold(event)
    ada = join(event)
    assert bookings.release_lapsed(now=basket.hold_expires_at + timedelta(seconds=1)) == 1
    assert status_of(ada) == [Status.OFFERED]
    with pytest.raises(SoldOut):
        make_booking(event)


def test_more_seats_go_to_the_line_first_and_the_rest_to_everybody():
    event, _ = sold_out()
    ada, pair = join(event), join(event, 2)
    edit(event, capacity=6)
    assert status_of(ada, pair) == [Status.OFFERED, Status.OFFERED]
    assert Inventory.objects.get(pk=event.inventory_id).free == 1


def types_of(event):
    return {one.name: one for one in event.types_for_sale()}


def two_types(**limits):
    types = [TicketTypeInput(name, capacity=capacity) for name, capacity in limits.items()]
    return make_event(capacity=6, ticket_types=types)


def test_who_waits_for_one_type_keeps_nobody_from_another():
    event = two_types(Seat=None, Box=1)
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    seat = make_booking(event, items=[(types["Seat"].pk, 2)])
    with pytest.raises(NotSoldOut):
        join(event)  # any type would do, and there are seats
    cancel(seat)
    assert status_of(ada) == [Status.WAITING]
    cancel(box)
    assert status_of(ada) == [Status.OFFERED]


def test_who_takes_any_type_is_offered_the_first_that_fits():
    event = two_types(Seat=1, Box=1)
    types = types_of(event)
    held = {name: make_booking(event, items=[(types[name].pk, 1)]) for name in types}
    ada = join(event)
    cancel(held["Box"])
    ada.refresh_from_db()
    assert (ada.status, ada.offered_type) == (Status.OFFERED, types["Box"])
    assert Inventory.objects.get(pk=types["Box"].inventory_id).offered == 1


def test_a_type_frees_up_while_the_house_is_full():
    """Nobody may be forgotten at the limit that was too small before."""
    event = make_event(capacity=3, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    seats = make_booking(event, items=[(types["Seat"].pk, 2)])
    bob = join(event, ticket_type_id=types["Seat"].pk)  # the house is full now
    cancel(box)
    assert status_of(ada, bob) == [Status.OFFERED, Status.WAITING]
    operations.pass_up(entry=ada, now=timezone.now())
    assert status_of(bob) == [Status.OFFERED]
    cancel(seats)


def test_those_in_front_who_wait_for_more_keep_their_precedence_at_the_house():
    event = make_event(capacity=4, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    seats = [make_booking(event, items=[(types["Seat"].pk, 1)]) for _ in range(3)]
    pair = join(event, 2, ticket_type_id=types["Seat"].pk)
    ada = join(event, 1, ticket_type_id=types["Box"].pk)
    cancel(seats[0])
    cancel(box)  # two seats of the house are free now, and a box: the pair was first
    assert status_of(pair, ada) == [Status.OFFERED, Status.WAITING]


def test_who_leaves_makes_way_for_nobody_who_is_behind_others_at_the_house():
    event = make_event(capacity=4, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)])
    types = types_of(event)
    make_booking(event, items=[(types["Seat"].pk, 2)])
    make_booking(event, items=[(types["Box"].pk, 1)])  # one seat of the house is left, and it is a box
    first = join(event, 2, ticket_type_id=types["Seat"].pk)
    boxes = [join(event, quantity, ticket_type_id=types["Box"].pk) for quantity in (2, 1)]
    operations.leave(entry=boxes[0], now=timezone.now())
    assert status_of(first, boxes[1]) == [Status.WAITING, Status.WAITING]
    assert Entry.objects.get(pk=boxes[1].pk).waits_at == [event.inventory_id]


def test_a_limit_that_comes_later_covers_the_offers_made_before():
    event, [first, *_] = sold_out(3)
    ada = join(event)
    cancel(first)
    seat = event.types_for_sale()[0]
    with pytest.raises((CapacityTooSmall, Invalid)):
        edit(event, ticket_types=[TicketTypeInput(seat.name, id=seat.pk, capacity=2)])
    event.refresh_from_db()
    edit(event, ticket_types=[TicketTypeInput(seat.name, id=seat.pk, capacity=3)])
    seat.refresh_from_db()
    assert (seat.inventory.claimed, seat.inventory.offered) == (2, 1)
    bookings.accept(entry=ada, now=timezone.now())


@pytest.mark.parametrize("capacity", [5, None])
def test_a_limit_that_grows_or_goes_away_is_handed_over(capacity):
    event = two_types(Seat=None, Box=1)
    types = types_of(event)
    make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    wanted = [
        TicketTypeInput("Seat", id=types["Seat"].pk),
        TicketTypeInput("Box", id=types["Box"].pk, capacity=capacity),
    ]
    edit(event, ticket_types=wanted)
    assert status_of(ada) == [Status.OFFERED]


def test_while_an_event_is_postponed_nobody_is_offered_seats_and_then_they_are():
    event, [first, _] = sold_out()
    ada = join(event)
    by = owner_of(event.organizer)
    event = events.postpone_event(event=event, version=event.version, by=by, now=timezone.now())
    cancel(first)
    assert status_of(ada) == [Status.WAITING]
    events.publish_event(event=event, version=event.version, by=by, now=timezone.now())
    assert status_of(ada) == [Status.OFFERED]


def test_when_an_event_is_called_off_its_line_ends():
    event, [first, _] = sold_out()
    ada, bob = join(event), join(event)
    cancel(first)
    by = owner_of(event.organizer)
    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    with pytest.raises(LineClosed):
        bookings.accept(entry=ada, now=timezone.now())
    operations.end_line(event_id=event.pk, now=timezone.now())
    assert status_of(ada, bob) == [Status.ENDED, Status.ENDED]
    assert counters(event) == (1, 0, 0)


def test_offers_are_shorter_when_the_start_is_near_and_end_with_one_s_own_lead():
    event, held = sold_out(3, offer_minutes=600)
    start = event.starts_at
    far, near = join(event), join(event, lead_hours=5)
    cancel(held[0], now=start - 100 * HOUR)
    far.refresh_from_db()
    assert far.offer_expires_at == start - 90 * HOUR
    cancel(held[1], now=start - 9 * HOUR)
    near.refresh_from_db()
    assert near.offer_expires_at == start - 7 * HOUR  # half of what is left until five hours before
    last = join(event, lead_hours=5, now=start - 6 * HOUR)
    cancel(held[2], now=start - 5 * HOUR - timedelta(minutes=4))
    last.refresh_from_db()
    assert last.offer_expires_at == start - 5 * HOUR


def test_who_waits_in_vain_is_let_go_and_blocks_nobody():
    event, [first, _] = sold_out()
    ada, bob = join(event, lead_hours=48), join(event)
    late = event.starts_at - 47 * HOUR
    cancel(first, now=late)
    assert status_of(ada, bob) == [Status.WAITING, Status.OFFERED]
    assert operations.end_late(now=late) == 1
    assert status_of(ada) == [Status.ENDED]
    assert operations.end_late(now=event.starts_at) == 0


def test_who_waits_in_vain_is_let_go_all_at_once(django_assert_max_num_queries):
    event, _ = sold_out()
    line = [join(event) for _ in range(25)]
    with django_assert_max_num_queries(20):
        assert operations.end_late(now=event.starts_at) == 25
    assert set(status_of(*line)) == {Status.ENDED}
    assert counters(event) == (2, 0, 0)


def test_a_long_line_ends_with_its_event_in_a_few_statements(django_assert_max_num_queries):
    event, _ = sold_out()
    line = [join(event) for _ in range(25)]
    by = owner_of(event.organizer)
    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    with django_assert_max_num_queries(15):
        operations.end_line(event_id=event.pk, now=timezone.now())
    assert set(status_of(*line)) == {Status.ENDED}
    assert counters(event) == (2, 0, 0)


def test_joining_what_is_not_sold_out_says_so():
    with pytest.raises(NotSoldOut) as refusal:
        join(make_event(capacity=3), 2)
    assert refusal.value.extra == {"available": 3}


def test_a_party_larger_than_what_is_left_may_wait_and_smaller_ones_stand_behind_it():
    event = make_event(capacity=3)
    party = join(event, 4)
    assert party.status == Status.WAITING
    with pytest.raises(SoldOut):
        make_booking(event)
    assert join(event, 1).status == Status.WAITING


def test_one_stands_in_a_line_once():
    event, _ = sold_out()
    ada = make_user()
    entry = join(event, who=ada)
    with pytest.raises(AlreadyInLine) as refusal:
        join(event, 2, who=ada)
    assert refusal.value.extra == {"entry": str(entry.pk)}
    operations.leave(entry=entry, now=timezone.now())
    assert join(event, who=ada).number == 2


def test_a_basket_that_has_lapsed_hides_no_booking():
    event = make_event(capacity=2)
    basket = make_hold(event, ada := make_user())
    Booking.objects.filter(pk=basket.pk).update(hold_expires_at=timezone.now())
    booking = make_booking(event, ada)
    with pytest.raises(AlreadyBooked) as refusal:
        join(event, who=ada)
    assert refusal.value.extra == {"booking": str(booking.pk)}


def test_who_has_seats_already_is_told_so():
    event, [first, _] = sold_out()
    with pytest.raises(AlreadyBooked) as refusal:
        join(event, who=first.customer)
    assert refusal.value.extra == {"booking": str(first.pk)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -3}, "quantity"),
        ({"quantity": 11}, "quantity"),
        ({"lead_hours": -1}, "lead_time_hours"),
        ({"lead_hours": 337}, "lead_time_hours"),
    ],
)
def test_what_makes_no_sense_is_named(wrong, field):
    event, _ = sold_out()
    with pytest.raises(Invalid) as refusal:
        join(event, **wrong)
    assert list(refusal.value.errors) == [field]
    assert not Entry.objects.exists()


def test_the_personal_limit_bounds_a_party_and_what_is_accepted():
    event, [first, *_] = sold_out(3, max_per_person=2)
    with pytest.raises(Invalid):
        join(event, 3)
    ada = make_user()
    entry = join(event, 2, who=ada)
    cancel(first)
    edit(event, capacity=5)
    assert status_of(entry) == [Status.OFFERED]
    make_booking(event, ada)  # the one that was left
    with pytest.raises(OverPersonalLimit):
        bookings.accept(entry=entry, now=timezone.now())
    assert status_of(entry) == [Status.OFFERED]


def test_lines_are_closed_for_drafts_and_after_the_start():
    event, _ = sold_out()
    with pytest.raises(LineClosed):
        join(event, now=event.starts_at)
    with pytest.raises(LineClosed):
        join(event, lead_hours=24 * 8)


def test_an_organiser_takes_somebody_out_for_a_reason_that_stays():
    event, _ = sold_out()
    entry, by = join(event), owner_of(event.organizer)
    with pytest.raises(Invalid):
        operations.remove(entry=entry, by=by, reason="  ", now=timezone.now())
    with pytest.raises(NotAllowed):
        operations.remove(entry=entry, by=make_user(), reason="Because", now=timezone.now())
    operations.remove(entry=entry, by=by, reason="Asked by phone", now=timezone.now())
    entry.refresh_from_db()
    assert (entry.status, entry.by, entry.reason) == (Status.REMOVED, by, "Asked by phone")
    assert counters(event) == (2, 0, 0)


def test_an_invitation_out_of_order_leaves_a_trace_and_takes_what_is_free():
    event, [first, _] = sold_out()
    pair, single = join(event, 2), join(event, 1)
    by = owner_of(event.organizer)
    with pytest.raises(NoSeatsToOffer):
        operations.invite(entry=single, by=by, reason="Speaker", now=timezone.now())
    cancel(first)
    operations.invite(entry=single, by=by, reason="Speaker", now=timezone.now())
    single.refresh_from_db()
    assert (single.status, single.by, single.reason) == (Status.OFFERED, by, "Speaker")
    assert status_of(pair) == [Status.WAITING]
    assert counters(event) == (1, 1, 1)


def test_closing_an_account_gives_up_its_places():
    event, [first, _] = sold_out()
    ada = make_user()
    mine, bob = join(event, who=ada), join(event)
    cancel(first)
    operations.forget_customer(customer_id=ada.pk, now=timezone.now())
    assert status_of(mine, bob) == [Status.LEFT, Status.OFFERED]


def test_a_long_line_is_handed_over_in_a_bounded_number_of_statements(django_assert_max_num_queries):
    event, _ = sold_out()
    for _ in range(30):
        join(event)
    with django_assert_max_num_queries(35):
        edit(event, capacity=22)
    assert Entry.objects.offered().count() == 20
    assert counters(event) == (2, 20, 10)
