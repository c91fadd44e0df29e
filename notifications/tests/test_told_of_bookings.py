"""What customers are told of their bookings."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from events import operations as events
from events.operations import TicketTypeInput, VenueInput
from notifications import operations
from notifications.letter import compose
from notifications.models import Delivery, Notice
from notifications.receivers.bookings import tell_of_their_tickets
from notifications.tests.told import the_letter, told, words, work, work_twice
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of
from tests.racing import closing, wait_until_blocked

pytestmark = pytest.mark.django_db


def in_the_hall(**changes):
    """An event in Lisbon for which one pays at the door."""
    venue = VenueInput(name="Blue Hall", address="Rua Azul 1", city="Lisbon", country="PT")
    kinds = [TicketTypeInput("Stalls", price=Decimal(25)), TicketTypeInput("Student")]
    return make_event(venue=venue, online_url="", timezone="Europe/Lisbon", ticket_types=kinds, **changes)


def test_a_booking_is_confirmed_once_with_all_one_needs_to_know():
    event = in_the_hall(title="Jazz by the River")
    stalls, student = event.types_for_sale()
    booking = make_booking(event, make_user("Ada"), items=[(stalls.pk, 2), (student.pk, 1)])
    work_twice()
    assert told("booking_confirmed") == [("Ada", ["email", "bell"])]
    letter = the_letter("booking_confirmed")
    facts = dict(letter.facts)
    assert letter.title == "Your tickets for Jazz by the River"
    assert letter.link.url == reverse("tickets:booking", args=[booking.pk])
    assert facts["Where"] == "Blue Hall, Rua Azul 1, Lisbon"
    assert facts["2 × Stalls"] == "€50.00 (€25.00 each)"
    assert facts["1 × Student"] == "Free"
    assert facts["To pay at the door"] == "€50.00"
    assert facts["Booking"] == booking.reference
    zone = event.local_start.tzname()
    assert f"{event.local_start:%H:%M}–{event.local_end:%H:%M} {zone}" in facts["When"]
    assert f"cancel free of charge until {event.cancellable_until.astimezone(event.zone):%A}" in words(letter)
    assert (letter.tickets_of, letter.calendar.cancelled) == (booking.pk, False)


def test_who_booked_gets_the_online_link():
    make_booking(make_event(online_url="https://stream.example/secret"))
    work_twice()
    assert dict(the_letter("booking_confirmed").facts)["Join online"] == "https://stream.example/secret"


def test_nothing_is_said_of_a_booking_that_is_cancelled_before_it_could_be():
    booking = make_booking()
    bookings.cancel(booking=booking, now=timezone.now())
    work()
    assert told("booking_confirmed") == []
    assert [channels for _, channels in told("booking_cancelled")] == [["email", "bell"]]


def test_who_cancels_is_told_that_it_is_done():
    event = in_the_hall()
    booking = make_booking(event, make_user("Ada"), items=[(event.types_for_sale()[0].pk, 2)])
    bookings.cancel(booking=booking, now=timezone.now())
    work_twice()
    assert told("booking_cancelled") == [("Ada", ["email", "bell"])]
    letter = the_letter("booking_cancelled")
    assert "You have cancelled your booking" in words(letter)
    assert "Nothing was charged" in words(letter)
    assert letter.calendar.cancelled
    assert letter.second.url == event.get_absolute_url()


def test_whose_booking_staff_cancels_is_told_by_whom():
    booking = make_booking()
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    work_twice()
    assert "Our staff has cancelled your booking" in words(the_letter("booking_cancelled"))


def test_mail_about_a_booking_goes_to_the_address_given_with_it():
    hold = make_hold()
    bookings.confirm(booking=hold, now=timezone.now(), name="Ada", email="work@example.org")
    bookings.cancel(booking=hold, now=timezone.now())
    work()
    assert set(Delivery.objects.values_list("address", flat=True)) == {"work@example.org"}


def test_when_the_event_is_cancelled_that_is_all_they_are_told():
    event = make_event(title="Jazz by the River")
    make_booking(event, make_user("Ada"))
    work()
    cancel(event)
    work_twice()
    assert told("event_cancelled") == [("Ada", ["email", "bell"])]
    assert told("booking_cancelled") == []
    assert the_letter("event_cancelled").title == "Jazz by the River is cancelled"


def test_given_back_baskets_and_rehearsals_are_nobody_s_news():
    bookings.give_back(booking=make_hold(), now=timezone.now())
    work_twice()
    assert not Notice.objects.exists()


def test_a_thousand_confirmed_at_once_cost_as_many_statements_as_two(django_assert_num_queries):
    event = make_event(capacity=60)
    few, many = [make_booking(event) for _ in range(2)], [make_booking(event) for _ in range(20)]
    for some in (few, many):
        with django_assert_num_queries(13):
            tell_of_their_tickets([{"booking_id": str(booking.pk)} for booking in some])
    assert Notice.objects.count() == 22


# --- Baskets that are about to lapse ---------------------------------------------------------------------


def basket(left: timedelta, lived: timedelta = timedelta(minutes=10), **more) -> Booking:
    hold, now = make_hold(**more), timezone.now()
    hold.created_at, hold.hold_expires_at = now - lived, now + left
    hold.save()
    return hold


def test_who_has_four_minutes_left_is_told_once_and_by_no_mail():
    hold = basket(timedelta(minutes=3), customer=make_user("Ada"))
    for _ in range(2):
        operations.tell_of_ending_holds(now=timezone.now())
    assert told("hold_ending") == [("Ada", ["bell"])]
    letter, notice = the_letter("hold_ending"), Notice.objects.get()
    assert letter.link.url == reverse("payments:checkout", args=[hold.pk])
    assert notice.expires_at == hold.hold_expires_at


@pytest.mark.parametrize(
    ("left", "lived"),
    [
        (timedelta(minutes=5), timedelta(minutes=10)),
        (timedelta(minutes=3), timedelta(minutes=1)),
        (timedelta(minutes=-1), timedelta(minutes=10)),
    ],
    ids=["time enough", "only just begun", "too late"],
)
def test_others_are_left_alone(left, lived):
    basket(left, lived)
    assert operations.tell_of_ending_holds(now=timezone.now()) == 0


def test_what_was_confirmed_needs_no_reminder():
    hold = basket(timedelta(minutes=3))
    bookings.confirm(booking=hold, now=timezone.now())
    assert operations.tell_of_ending_holds(now=timezone.now()) == 0


def test_the_reminder_of_a_basket_is_untrue_once_it_is_confirmed():
    hold = basket(timedelta(minutes=3))
    operations.tell_of_ending_holds(now=timezone.now())
    bookings.confirm(booking=hold, now=timezone.now())
    assert compose(Notice.objects.filter(kind="hold_ending")) == {}


def test_one_who_can_t_be_told_keeps_nobody_behind_from_it(monkeypatch):
    monkeypatch.setattr("notifications.operations.clock.TOGETHER", 2)
    closed = [basket(timedelta(minutes=1)) for _ in range(3)]
    for hold in closed:
        hold.customer.is_active = False
        hold.customer.save()
    basket(timedelta(minutes=3), customer=make_user("Bob"))
    operations.tell_of_ending_holds(now=timezone.now())
    assert [name for name, _ in told("hold_ending")] == ["Bob"]


def cancel(event) -> None:
    event.refresh_from_db()
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_the_clock_at_once_tell_it_once():
    for _ in range(3):
        basket(timedelta(minutes=3))
    now = timezone.now()
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            assert operations.tell_of_ending_holds(now=now) == 3
            other = pool.submit(closing(operations.tell_of_ending_holds), now=now)
            wait_until_blocked()
        assert other.result(timeout=30) == 0
    assert len(told("hold_ending")) == 3
