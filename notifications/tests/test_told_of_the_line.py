"""What those who wait in line are told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from events import operations as events
from notifications import operations
from notifications.letter import Letter, compose
from notifications.models import Notice
from notifications.receivers.waitlist import tell_of_their_offer, tell_that_it_is_over
from notifications.tests.told import the_letter, told, words, work, work_twice
from tests.factories import make_booking, make_event, make_place, make_user, owner_of
from waitlist import operations as waitlist
from waitlist.models import Entry
from waitlist.offer_links import offer_url, pass_url
from waitlist.tests.halls import cancel, join, sold_out, two_types, types_of

pytestmark = pytest.mark.django_db


def offered(who="Ada", seats: int = 1, **changes) -> Entry:
    """Somebody who has been offered seats of an event that was sold out."""
    event, booked = sold_out(seats, **changes)
    entry = join(event, seats, make_user(who))
    for booking in booked:
        cancel(booking)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.OFFERED
    return entry


def test_who_joins_is_told_their_place_and_what_happens_next():
    event, _ = sold_out(2)
    join(event, who=make_user("Bob"))
    entry = join(event, 2, make_user("Ada"), lead_hours=12)
    work_twice()
    assert told("waitlist_joined") == [("Bob", ["email", "bell"]), ("Ada", ["email", "bell"])]
    letter = the_letter_of(entry)
    assert letter.title == f"You are #2 in line for {event.title}"
    assert "1 party is ahead of you" in words(letter)
    assert "The order is strict" in words(letter)
    assert "no offer reaches you later than 12 hours before the start" in words(letter)
    assert "up to 4 hours to accept" in words(letter)
    assert letter.second.url == f"{entry.get_absolute_url()}#leave"


def test_who_is_offered_seats_is_told_once_with_both_answers_at_hand():
    entry = offered(seats=2, title="Jazz by the River")
    work_twice()
    assert told("offer") == [("Ada", ["email", "bell"])]
    letter, notice = the_letter("offer"), Notice.objects.get(kind="offer")
    assert letter.title == "2 seats reserved for you: Jazz by the River"
    assert dict(letter.facts)["Seats"] == "2 × Admission"
    assert (letter.link.url, letter.second.url) == (offer_url(entry.pk), pass_url(entry.pk))
    assert notice.url == entry.get_absolute_url()  # in the bell they are signed in
    assert notice.expires_at == entry.offer_expires_at


def test_who_is_offered_seats_while_joining_is_told_that_alone():
    event = make_event(capacity=4, waitlist_order="fill")
    make_booking(event, quantity=3)
    join(event, 2, make_user("Bob"))
    join(event, 1, make_user("Ada"))
    work_twice()
    assert [name for name, _ in told("waitlist_joined")] == ["Bob"]
    assert [name for name, _ in told("offer")] == ["Ada"]


def test_accepting_brings_tickets_and_nothing_else():
    entry = offered()
    work()
    bookings.accept(entry=entry, now=timezone.now())
    work_twice()
    assert [name for name, _ in told("booking_confirmed") if name == "Ada"] == ["Ada"]
    assert told("offer_lapsed") == told("place_ended") == []


def test_passing_is_no_news_to_who_does_it():
    entry = offered()
    work()
    waitlist.pass_up(entry=entry, now=timezone.now())
    work_twice()
    assert told("offer_lapsed") == told("place_ended") == []


def test_who_does_not_answer_in_time_is_told():
    entry = offered()
    work()
    waitlist.lapse(entry=entry, now=entry.offer_expires_at)
    work_twice()
    assert told("offer_lapsed") == [("Ada", ["email", "bell"])]
    assert the_letter("offer_lapsed").link.url == reverse("waitlist:join", args=[entry.event.slug])


def test_who_is_removed_is_told_why():
    entry = make_place(customer=make_user("Ada"))
    by = owner_of(entry.event.organizer)
    waitlist.remove(entry=entry, by=by, reason="Joined twice", now=timezone.now())
    work_twice()
    assert told("place_ended") == [("Ada", ["email", "bell"])]
    assert "The organiser took you out of the line: Joined twice." in words(the_letter("place_ended"))


def test_who_waited_in_vain_is_told():
    event, _ = sold_out(1)
    join(event, who=make_user("Ada"), lead_hours=24)
    waitlist.end_late(now=event.starts_at - timedelta(hours=23))
    work_twice()
    assert told("place_ended") == [("Ada", ["email", "bell"])]
    assert "Nothing came free" in words(the_letter("place_ended"))


def test_who_leaves_knows_it():
    entry = make_place()
    waitlist.leave(entry=entry, now=timezone.now())
    work_twice()
    assert told("place_ended") == []


def test_a_cancelled_event_is_told_once_to_who_had_booked_and_waited():
    event = two_types(Box=1, Stalls=4)
    box, stalls = types_of(event)["Box"].pk, types_of(event)["Stalls"].pk
    make_booking(event, make_user("Zoe"), items=[(box, 1)])
    for person in (make_user("Ada"), make_user("Bob"), make_user("Eve")):
        join(event, who=person, ticket_type_id=box)
        if person.name != "Bob":
            booking = make_booking(event, person, items=[(stalls, 1)])
    bookings.cancel(booking=booking, now=timezone.now())  # Eve's
    work()
    event.refresh_from_db()
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    work_twice()
    assert sorted(name for name, _ in told("event_cancelled")) == ["Ada", "Zoe"]
    assert [name for name, _ in told("place_ended")] == ["Bob", "Eve"]
    assert Notice.objects.filter(kind="place_ended")[0].title == f"{event.title} is cancelled"


def test_a_hundred_offers_cost_as_many_statements_as_two(django_assert_num_queries):
    event, booked = sold_out(12)
    entries = [join(event) for _ in range(12)]
    for booking in booked:
        cancel(booking)
    for some in (entries[:2], entries[2:]):
        with django_assert_num_queries(12):
            tell_of_their_offer([{"entry_id": str(entry.pk)} for entry in some])
    assert len(told("offer")) == 12


def test_the_end_of_a_long_line_costs_as_many_statements_as_that_of_a_short_one(django_assert_num_queries):
    event, _ = sold_out(1)
    entries = [join(event) for _ in range(12)]
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    waitlist.end_line(event_id=event.pk, now=timezone.now())
    for some in (entries[:2], entries[2:]):
        with django_assert_num_queries(13):
            tell_that_it_is_over([{"entry_id": str(entry.pk)} for entry in some])
    assert len(told("place_ended")) == 12


# --- Offers that are about to lapse ----------------------------------------------------------------------


def ending(left: timedelta, length: timedelta) -> Entry:
    """An offer that has so much of its time left."""
    entry, now = offered(), timezone.now()
    entry.offered_at, entry.offer_expires_at = now + left - length, now + left
    entry.save()
    return entry


@pytest.mark.parametrize(
    ("left", "length"),
    [(29, 240), (9, 40), (2, 10)],
    ids=["half an hour of four", "a quarter of forty minutes", "a quarter of ten minutes"],
)
def test_the_last_call_comes_once(left, length):
    ending(timedelta(minutes=left), timedelta(minutes=length))
    for _ in range(2):
        operations.tell_of_ending_offers(now=timezone.now())
    assert told("offer_ending") == [("Ada", ["email", "bell"])]


@pytest.mark.parametrize(
    ("left", "length"), [(31, 240), (29, 60), (3, 10), (-1, 240)], ids=["early", "half", "a third", "too late"]
)
def test_there_is_no_last_call_before_or_after(left, length):
    ending(timedelta(minutes=left), timedelta(minutes=length))
    assert operations.tell_of_ending_offers(now=timezone.now()) == 0


def test_who_has_answered_hears_no_last_call():
    entry = ending(timedelta(minutes=5), timedelta(minutes=240))
    bookings.accept(entry=entry, now=timezone.now())
    assert operations.tell_of_ending_offers(now=timezone.now()) == 0


def the_letter_of(entry: Entry) -> Letter:
    notice = Notice.objects.get(about=entry.pk)
    return compose([notice])[notice.pk]
