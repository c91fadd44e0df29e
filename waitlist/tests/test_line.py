"""Wait, be offered seats, answer: one thing after the other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import SoldOut
from bookings.models import Booking
from events.models import Movement
from events.operations import TicketTypeInput
from outbox.models import Message
from outbox.operations import deliver
from tests.factories import make_booking, make_event, make_hold, make_user
from waitlist import operations
from waitlist.errors import (
    NoOffer,
    NotInLine,
    OfferLapsed,
)
from waitlist.models import Entry
from waitlist.tests.halls import cancel, counters, join, sold_out, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("adds_up")]
Status = Entry.Status
HOUR = timedelta(hours=1)


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
