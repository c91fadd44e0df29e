"""What those who run events are told."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Membership, Team
from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from notifications import operations
from notifications.facts import summary_due
from notifications.letter import Letter, compose
from notifications.models import Notice, QuietHours
from notifications.receivers.organisers import look_whether_it_is_sold_out
from notifications.tests.told import told, work, work_twice
from outbox.models import Message
from outbox.operations import announce
from payments import operations as payments
from payments.models import Account
from tests.factories import make_booking, make_event, make_hold, make_team, make_user
from waitlist.tests.halls import edit, join, types_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    """Olga's, with a manager and somebody at the door."""
    team = make_team()
    for name, role in (("Mia", "manager"), ("Dan", "door")):
        Membership.objects.create(team=team, user=make_user(name), role=role)
    return team


# --- Sold out -----------------------------------------------------------------------------------------


def names(kind: str) -> list[str]:
    return sorted(name for name, _ in told(kind))


def test_the_last_seat_is_told_once_to_those_who_run_it(team):
    event = make_event(team, title="Jazz by the River", capacity=2)
    make_booking(event)
    work()
    assert told("sold_out") == []
    make_booking(event)
    work_twice()
    assert sorted(told("sold_out")) == [("Mia", ["email", "bell"]), ("Olga", ["email", "bell"])]
    notice = Notice.objects.filter(kind="sold_out")[0]
    assert (notice.title, notice.url) == ("Jazz by the River is sold out", f"/organise/events/{event.slug}")


def test_sold_out_again_is_no_news_unless_there_was_more_to_sell(team):
    event = make_event(team, capacity=1)
    for _ in range(2):
        booking = make_booking(event)
        work()
        bookings.cancel(booking=booking, now=timezone.now())
    assert names("sold_out") == ["Mia", "Olga"]
    event.refresh_from_db()
    edit(event, capacity=2)
    make_booking(event, quantity=2)
    work()
    assert names("sold_out") == ["Mia", "Mia", "Olga", "Olga"]


def test_seats_in_a_basket_are_not_sold_yet(team):
    event = make_event(team, capacity=2)
    hold = make_hold(event)
    make_booking(event)
    work()
    assert told("sold_out") == []
    bookings.confirm(booking=hold, now=timezone.now())
    work()
    assert names("sold_out") == ["Mia", "Olga"]


def test_an_event_is_sold_out_when_each_of_its_types_is(team):
    types = [TicketTypeInput("Box", capacity=1), TicketTypeInput("Stalls", capacity=2)]
    event = make_event(team, capacity=10, ticket_types=types)
    make_booking(event, items=[(types_of(event)["Stalls"].pk, 2)])
    work()
    assert told("sold_out") == []
    make_booking(event, items=[(types_of(event)["Box"].pk, 1)])
    work()
    assert names("sold_out") == ["Mia", "Olga"]


def test_a_type_that_is_not_on_sale_yet_is_still_to_be_sold(team):
    later = timezone.now() + timedelta(days=1)
    types = [TicketTypeInput("Box", capacity=1), TicketTypeInput("Stalls", capacity=2, sales_start_at=later)]
    event = make_event(team, capacity=10, ticket_types=types)
    make_booking(event, items=[(types_of(event)["Box"].pk, 1)])
    work()
    assert told("sold_out") == []


def test_an_accepted_offer_sells_out_as_well(team):
    event = make_event(team, capacity=1)
    booking = make_booking(event)
    bookings.cancel(booking=booking, now=timezone.now())  # before anybody was told
    booking = make_booking(event)
    entry = join(event)
    bookings.cancel(booking=booking, now=timezone.now())
    work()
    assert told("sold_out") == []
    entry.refresh_from_db()
    bookings.accept(entry=entry, now=timezone.now())
    work()
    assert names("sold_out") == ["Mia", "Olga"]


def test_a_rush_is_looked_at_in_two_statements(team, django_assert_num_queries):
    event = make_event(team, capacity=60)
    few, many = [make_booking(event) for _ in range(2)], [make_booking(event) for _ in range(20)]
    for some in (few, many):
        with django_assert_num_queries(2):
            look_whether_it_is_sold_out([{"booking_id": str(booking.pk)} for booking in some])


# --- The day before -----------------------------------------------------------------------------------


MORNING = datetime(2026, 3, 10, 8, 1, tzinfo=UTC)
YESTERDAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


def sold_yesterday(team: Team, at: datetime = YESTERDAY, **changes) -> Booking:
    """A booking of one seat, made at that moment, for an event two weeks later."""
    start = at + timedelta(days=14)
    changes = {"timezone": "UTC", "starts_at": start, "ends_at": start + timedelta(hours=2), **changes}
    event = make_event(team, now=at - timedelta(days=9), **changes)
    request = bookings.Request(event.pk, quantity=1)
    booking = bookings.book(request=request, customer_id=make_user().pk, now=at)
    Booking.objects.filter(pk=booking.pk).update(confirmed_at=at)
    Message.objects.all().delete()
    return booking


def summarise(*moments: datetime) -> None:
    """What beat and worker do at these moments."""
    for moment in moments:
        operations.announce_summaries(now=moment)
        for message in Message.objects.filter(fact="summary_due", status="pending"):
            payload = message.payload
            day = date.fromisoformat(payload["day"])
            operations.summarise(team_id=UUID(payload["team_id"]), zone=payload["zone"], day=day, now=moment)


def days() -> list[tuple[str, str]]:
    notices = Notice.objects.filter(kind="daily_summary").select_related("recipient").order_by("key")
    return sorted((str(one.recipient), one.data["day"]) for one in notices)


def test_a_morning_is_announced_once(team):
    sold_yesterday(team)
    for minutes in (0, 5, 10):
        operations.announce_summaries(now=MORNING + timedelta(minutes=minutes))
    assert Message.objects.filter(fact="summary_due").count() == 1


def test_every_morning_those_who_run_events_read_of_the_day_before(team):
    booking = sold_yesterday(
        team, title="Jazz by the River", ticket_types=[TicketTypeInput("Admission", price=Decimal(25))]
    )
    summarise(MORNING, MORNING + timedelta(minutes=5))
    assert sorted(told("daily_summary")) == [("Mia", ["email"]), ("Olga", ["email"])]
    letter = the_letter_to("Olga")
    facts = dict(letter.facts)
    assert letter.title == f"1 ticket sold on Monday: {team.name}"
    assert facts["Tickets sold"] == "1"
    assert facts["To be paid at the door"] == "€25.00"
    assert facts["Jazz by the River"] == "Monday 23 March, 15:00 UTC: 1 of 10 booked"
    assert booking.event.organizer == team


def test_what_came_in_and_what_is_awaited_are_told_apart_from_the_door(team):
    seats = {"capacity": 9, "ticket_types": [TicketTypeInput("Admission", price=Decimal(25))]}
    event = sold_yesterday(team, payment_methods=["door", "transfer"], **seats).event
    Account.objects.create(team=team, bank_holder="Team", bank_account="GB82WEST12345698765432")
    for part in (2500, 1000):
        request = bookings.Request(event.pk, quantity=1)
        booking = bookings.hold(request=request, customer_id=make_user().pk, now=YESTERDAY)
        payments.start(booking=booking, method="transfer", now=YESTERDAY)
        received = {"amount": part, "reference": "1", "by": team.members.first(), "now": YESTERDAY}
        payments.take_in(booking_id=booking.pk, **received)
    summarise(MORNING)
    facts = dict(the_letter_to("Olga").facts)
    assert (facts["Came in"], facts["Awaited by bank transfer"]) == ("€35.00", "€15.00")
    assert "To be paid at the door" not in facts


def test_a_day_on_which_nothing_happened_is_not_written_about(team):
    sold_yesterday(team, at=YESTERDAY - timedelta(days=1))
    summarise(MORNING)
    assert days() == []


def test_a_cancellation_and_a_wait_are_news_as_well(team):
    booking = sold_yesterday(team, at=YESTERDAY - timedelta(days=2), capacity=1)
    entry = join(booking.event, now=YESTERDAY)
    Booking.objects.filter(pk=booking.pk).update(status="cancelled", ended_at=YESTERDAY)
    summarise(MORNING)
    facts = dict(the_letter_to("Olga").facts)
    assert (facts["Tickets sold"], facts["Tickets cancelled"], facts["Joined a waitlist"]) == ("0", "1", "1 party")
    Booking.objects.filter(pk=booking.pk).update(status="confirmed", ended_at=None)
    assert entry.status == "waiting"


@pytest.mark.parametrize(
    ("hour", "told"), [(7, False), (8, True), (11, True), (12, False), (20, False)], ids=lambda value: str(value)
)
def test_it_comes_in_the_morning_or_not_at_all(team, hour, told):
    sold_yesterday(team)
    summarise(MORNING.replace(hour=hour))
    assert bool(days()) is told


def test_morning_is_when_it_is_morning_for_them(team):
    """Auckland is 13 hours ahead: there the day before began and ended earlier."""
    sold_yesterday(team, at=datetime(2026, 3, 8, 12, 0, tzinfo=UTC))  # on the 9th, one o'clock at night, in Auckland
    mia = team.members.get(name="Mia")
    QuietHours.objects.create(user=mia, begin=time(22), until=time(7), zone="Pacific/Auckland")
    summarise(datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
    assert days() == [("Olga", "2026-03-08")]
    summarise(datetime(2026, 3, 9, 19, 30, tzinfo=UTC))
    assert days() == [("Mia", "2026-03-09"), ("Olga", "2026-03-08")]


def test_without_quiet_hours_it_is_the_zone_of_the_team_s_newest_event(team):
    sold_yesterday(team, timezone="Pacific/Auckland", at=datetime(2026, 3, 8, 12, 0, tzinfo=UTC))
    summarise(datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
    assert days() == []
    summarise(datetime(2026, 3, 9, 19, 30, tzinfo=UTC))
    assert days() == [("Mia", "2026-03-09"), ("Olga", "2026-03-09")]


def test_the_worker_summarises_what_was_announced(team):
    yesterday = timezone.now() - timedelta(days=1)
    sold_yesterday(team, at=yesterday)
    day = yesterday.date().isoformat()
    announce(summary_due, team_id=team.pk, zone="UTC", day=day)
    work_twice()
    assert days() == [("Mia", day), ("Olga", day)]


def the_letter_to(name: str) -> Letter:
    notice = Notice.objects.get(kind="daily_summary", recipient__name=name)
    return compose([notice])[notice.pk]
