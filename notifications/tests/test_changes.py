"""Who hears what when an organiser changes an event."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from notifications import operations
from notifications.letter import Change, compose
from notifications.models import Delivery, Mailing, Notice
from notifications.tests.mailings import cancel, edit, moved, postpone, publish, work_off
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_draft, make_event, make_place, make_user

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def letters(kind: str) -> list:
    """What is said of that kind, in the order of the people."""
    notices = Notice.objects.filter(kind=kind).order_by("recipient_id")
    made = compose(notices)
    return [made[notice.pk] for notice in notices if notice.pk in made]


def test_a_new_date_is_told_two_minutes_later_by_mail_and_in_the_bell():
    event = make_event(title="Jazz by the River", timezone="Europe/Lisbon")
    booking = make_booking(event)
    event = edit(event, **moved(event, DAY))
    [mailing] = Mailing.objects.all()
    [due] = Message.objects.filter(fact="mailing_due")
    assert (due.status, due.available_at) == ("pending", mailing.due_at)
    mailing = work_off(mailing)
    assert (mailing.people, mailing.told) == (1, 1)
    notice = Notice.objects.get(kind="event_changed")
    assert (notice.recipient, notice.title) == (booking.customer, "New date: Jazz by the River")
    assert Delivery.objects.get(notice=notice).address == booking.customer.email
    [letter] = letters("event_changed")
    [change] = letter.changes
    assert change.label == "When" and change.old != change.new
    assert f"{event.local_start:%H:%M}–{event.local_end:%H:%M} WE" in change.new
    assert letter.calendar.booking_id == booking.pk


def test_it_is_worked_off_by_its_message_alone():
    event = make_event()
    make_booking(event)
    edit(event, title="Another name")
    Mailing.objects.update(due_at=timezone.now())
    Message.objects.filter(fact="mailing_due").update(available_at=timezone.now())
    deliver_due()
    assert Mailing.objects.get().finished_at
    assert Notice.objects.get(kind="event_changed").title == "New name: Another name"


@pytest.mark.parametrize("changes", [{"description": "More."}, {"capacity": 20}, {"summary": "Short"}, {}])
def test_what_does_not_concern_those_who_booked_is_not_told(changes):
    event = make_event()
    make_booking(event)
    edit(event, **changes)
    assert not Mailing.objects.exists()


def test_a_draft_is_changed_in_silence():
    edit(make_draft(), title="Another name")
    assert not Mailing.objects.exists()


def test_changes_that_wait_are_told_as_one_from_the_first_to_the_last():
    event = make_event(title="One")
    make_booking(event)
    edit(event, title="Two", now=timezone.now() - timedelta(minutes=1))
    first = Mailing.objects.get().due_at
    edit(event, title="Three")
    [mailing] = Mailing.objects.all()
    assert mailing.due_at > first
    operations.work_off(mailing_id=mailing.pk, now=first)
    assert Mailing.objects.get().began_at is None
    assert Message.objects.filter(fact="mailing_due").latest("created_at").available_at == mailing.due_at
    work_off(mailing)
    [letter] = letters("event_changed")
    assert letter.changes == [Change("Event", "One", "Three")]


def test_two_changes_heard_in_the_wrong_order_are_told_in_the_right_one():
    event = make_event(title="One")
    make_booking(event)
    now = timezone.now()
    edit(event, title="Two", now=now)
    edit(event, title="Three", now=now + timedelta(seconds=1))
    changes = Mailing.objects.get().data["changes"]
    Mailing.objects.all().delete()
    for change in reversed(changes):
        operations.gather_change(
            event_id=event.pk,
            at=now + timedelta(seconds=changes.index(change)),
            before=change["before"],
            after=change["after"],
            now=now,
        )
    assert [change["after"]["title"] for change in Mailing.objects.get().data["changes"]] == ["Two", "Three"]


def test_what_is_put_back_within_two_minutes_is_told_to_nobody():
    event = make_event(title="Jazz")
    make_booking(event)
    edit(event, title="Jaz")
    edit(event, title="Jazz")
    mailing = work_off(Mailing.objects.get())
    assert mailing.told == 0
    assert not Notice.objects.filter(kind="event_changed").exists()


def test_who_booked_while_it_was_otherwise_hears_even_if_it_is_put_back():
    event = make_event(title="Jazz")
    make_booking(event)
    edit(event, title="Blues")
    late = make_booking(event)
    edit(event, title="Jazz", now=timezone.now() + timedelta(minutes=10))
    Booking.objects.filter(pk=late.pk).update(created_at=timezone.now() + timedelta(minutes=9))
    work_off(Mailing.objects.get())
    assert list(Notice.objects.filter(kind="event_changed").values_list("about", flat=True)) == [late.pk]


def test_who_books_after_the_change_has_nothing_to_hear():
    event = make_event()
    edit(event, **moved(event, DAY), now=timezone.now() - timedelta(minutes=10))
    make_booking(event)
    assert work_off(Mailing.objects.get()).told == 0


def test_a_change_after_the_first_has_begun_is_a_mailing_of_its_own():
    event = make_event(title="One")
    make_booking(event)
    edit(event, title="Two")
    work_off(Mailing.objects.get())
    edit(event, title="Three")
    second = work_off(Mailing.objects.get(finished_at=None))
    assert second.told == 1
    told = Notice.objects.filter(kind="event_changed").order_by("created_at", "id")
    assert [notice.title for notice in told] == ["New name: Two", "New name: Three"]


def test_those_in_line_hear_of_a_new_date_but_not_of_the_link():
    event = make_event(capacity=1)
    make_booking(event)
    entry = make_place(event)
    edit(event, **moved(event, DAY), online_url="https://example.org/secret")
    assert work_off(Mailing.objects.get()).told == 2
    notice = Notice.objects.get(kind="event_changed", recipient=entry.customer)
    letter = compose([notice])[notice.pk]
    assert [change.label for change in letter.changes] == ["When"]
    assert letter.link.url == entry.get_absolute_url()
    assert letter.calendar is None


def test_a_new_link_is_told_to_those_who_booked_alone():
    event = make_event(capacity=1)
    booking = make_booking(event)
    make_place(event)
    edit(event, online_url="https://example.org/other")
    work_off(Mailing.objects.get())
    [notice] = Notice.objects.filter(kind="event_changed")
    assert notice.recipient == booking.customer
    assert compose([notice])[notice.pk].changes == [
        Change("Join online", "https://example.org/stream", "https://example.org/other")
    ]


def test_a_person_with_two_bookings_hears_once_and_still_does_when_one_is_cancelled():
    event, ada = make_event(), make_user("Ada")
    first, second = make_booking(event, ada), make_booking(event, ada)
    edit(event, title="Another name")
    work_off(Mailing.objects.get())
    [notice] = Notice.objects.filter(kind="event_changed")
    assert notice.about == first.pk
    bookings.cancel(booking=first, now=timezone.now())
    assert compose([notice])[notice.pk].calendar.booking_id == second.pk
    bookings.cancel(booking=second, now=timezone.now())
    assert compose([notice]) == {}


def test_the_address_given_with_a_booking_hears_too():
    event, ada = make_event(), make_user("Ada")
    make_booking(event, ada)
    Booking.objects.filter(pk=make_booking(event, ada).pk).update(email="ben@example.org")
    edit(event, title="Another name")
    work_off(Mailing.objects.get())
    addresses = Delivery.objects.filter(notice__kind="event_changed").values_list("address", flat=True)
    assert sorted(addresses) == sorted([ada.email, "ben@example.org"])


def test_a_postponed_event_is_told_as_such():
    event = make_event(title="Jazz", capacity=1)
    make_booking(event)
    make_place(event)
    postpone(event)
    assert work_off(Mailing.objects.get()).told == 2
    assert set(Notice.objects.filter(kind="event_postponed").values_list("title", flat=True)) == {"Jazz is postponed"}


def test_new_dates_of_a_postponed_event_are_told_once_it_is_on_again():
    event = make_event(title="Jazz")
    make_booking(event)
    work_off_all(postpone(event))
    event = edit(event, **moved(event, 30 * DAY))
    [waiting] = Mailing.objects.filter(finished_at=None)
    assert waiting.due_at is None
    publish(event)
    [waiting] = Mailing.objects.filter(finished_at=None)
    assert work_off(waiting).told == 1
    [letter] = letters("event_changed")
    assert letter.title == "New date: Jazz"


def test_an_event_that_takes_place_at_its_old_date_after_all_is_told():
    event = make_event(title="Jazz")
    make_booking(event)
    work_off_all(postpone(event))
    work_off_all(publish(event))
    [letter] = letters("event_changed")
    assert letter.title == "It takes place after all: Jazz"
    assert [label for label, _ in letter.facts] == ["Event", "When", "Where", "Join online"]


def test_new_dates_set_before_the_postponement_was_told_are_told_when_it_is_on_again():
    event = make_event(title="Jazz")
    make_booking(event)
    old_day = f"{event.starts_at.day} {event.starts_at:%B %Y}"
    postpone(event)
    work_off_all(edit(event, **moved(event, 30 * DAY)))
    work_off_all(publish(event))
    [letter] = letters("event_changed")
    assert letter.title == "New date: Jazz"
    assert old_day in letter.changes[0].old


def test_an_event_postponed_by_mistake_is_told_to_nobody():
    event = make_event()
    make_booking(event)
    postpone(event)
    publish(event)
    assert work_off(Mailing.objects.get()).told == 0


def test_moved_and_postponed_within_two_minutes_is_postponed():
    event = make_event()
    make_booking(event)
    edit(event, **moved(event, DAY))
    postpone(event)
    work_off(Mailing.objects.get())
    assert list(Notice.objects.exclude(kind="booking_confirmed").values_list("kind", flat=True)) == ["event_postponed"]


def test_nothing_else_is_said_about_an_event_that_is_cancelled():
    event = make_event()
    make_booking(event)
    edit(event, title="Another name")
    cancel(event)
    mailing = work_off(Mailing.objects.get())
    assert (mailing.told, mailing.dropped) == (0, "The event is cancelled.")


def test_a_change_heard_after_the_event_was_cancelled_waits_for_nothing():
    event = make_event()
    postpone(event)
    edit(event, title="Another name")
    change = Mailing.objects.get().data["changes"][-1]
    Mailing.objects.all().delete()
    cancel(event)
    now = timezone.now()
    operations.gather_change(event_id=event.pk, at=now, before=change["before"], after=change["after"], now=now)
    assert not Mailing.objects.exists()


def test_a_mailing_that_has_begun_stops_where_the_event_is_cancelled():
    event = make_event()
    make_booking(event)
    edit(event, title="Another name")
    Mailing.objects.update(began_at=timezone.now())
    cancel(event)
    assert work_off(Mailing.objects.get()).dropped == "The event is cancelled."


def work_off_all(event) -> None:
    for mailing in event.mailings.filter(finished_at=None):
        work_off(mailing)
