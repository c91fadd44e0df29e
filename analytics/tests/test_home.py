"""The organiser's home: numbers that add up to rows, what needs attention, what is still to be set up, and for whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts import operations as accounts
from accounts.models import Membership
from analytics import operations
from analytics.home.pace import paces
from bookings import operations as bookings
from bookings.models import Booking, BookingLine
from core.moments import in_words
from events import operations as event_operations
from events.models import Event, Inventory, Movement
from events.operations import TicketTypeInput
from notifications.models import Delivery, Notice
from payments import operations as payments
from payments.models import Payment, Receipt, Refund
from tests.factories import make_booking, make_draft, make_event, make_place, make_team, make_user, owner_of, signed_in
from tickets.models import Scan
from waitlist.models import Entry

pytestmark = pytest.mark.django_db
HOME = reverse("organise:home")
# Session, person, memberships, invitations; counts, a page of events with types and what they may edit (4); zone; the
# next events, their slots; slots, whether there are any, seats, what moved, the line (5); refunds, disputes, odd
# payments, mail, events, accounts, offers (7); an event, accounts, free events, invitations, members, scans (6); bell.
STATEMENTS = 32


def priced(price: int = 10) -> list[TicketTypeInput]:
    return [TicketTypeInput("Seat", price=Decimal(price))]


def number(answer, place: int):
    return answer.context["numbers"][place]


def items(answer) -> list[tuple[str, str, str]]:
    return [(item.tone, item.what, item.event) for item in answer.context["items"]]


def pay_at_the_door(event: Event, amount: int, quantity: int = 1) -> Receipt:
    booking = make_booking(event, quantity=quantity)
    by, now = owner_of(event.organizer), timezone.now()
    return payments.take_in(booking_id=booking.pk, amount=amount, reference=f"Cash {booking.pk}", by=by, now=now)


# --- Numbers ---


def test_the_four_numbers_are_those_of_the_rows(team, page):
    first = make_event(team, capacity=20, ticket_types=priced())
    second = make_event(team, capacity=5, currency="GBP", ticket_types=priced(7))
    make_booking(make_event(capacity=10))  # another team's
    pay_at_the_door(first, 3000, quantity=3)
    receipt = pay_at_the_door(second, 1400, quantity=2)
    by, now = owner_of(team), timezone.now()
    payments.refund_by_hand(booking_id=receipt.payment.booking_id, amount=400, reason="Bad seat", by=by, now=now)
    bookings.cancel(booking=make_booking(first, quantity=4), now=now)
    make_booking(second, quantity=3)
    make_place(second, quantity=2)
    operations.sweep_all()
    answer = page.get(HOME)

    mine = {"booking__event__organizer": team}
    came = (
        Receipt.objects.filter(payment__booking__event__organizer=team).values_list("currency").annotate(Sum("amount"))
    )
    back = Refund.objects.filter(payment__booking__event__organizer=team).aggregate(sum=Sum("amount"))["sum"]
    assert (dict(came), back) == ({"EUR": 3000, "GBP": 1400}, 400)
    assert number(answer, 0).values == ["€30.00", "£10.00"]

    booked = BookingLine.objects.filter(**mine).aggregate(sum=Sum("quantity"))["sum"]
    lost = BookingLine.objects.filter(**mine, booking__status="cancelled").aggregate(sum=Sum("quantity"))["sum"]
    assert number(answer, 1).values == [f"{booked}"] == ["12"]
    assert f"{lost} tickets of them cancelled since" in number(answer, 1).note and lost == 4

    limits = Inventory.objects.filter(event__organizer=team)
    taken, seats = (limits.aggregate(sum=Sum(name))["sum"] for name in ("claimed", "capacity"))
    assert number(answer, 2).values == [f"{100 * taken // seats} %"]
    assert number(answer, 2).note == f"{taken} of {seats} seats of 2 events."
    assert number(answer, 2).change == f"{taken} seats more than 30 days ago"

    wanted = Entry.objects.waiting().filter(event__organizer=team).aggregate(sum=Sum("quantity"))["sum"]
    assert (number(answer, 3).values, number(answer, 3).note) == ([f"{wanted}"], "1 party in line now.")


def test_a_period_is_compared_with_the_one_before_it(team, page):
    event = make_event(team, capacity=50)
    make_booking(event, quantity=3)
    old = make_booking(event, quantity=2)
    long_ago = timezone.now() - timedelta(days=10)
    Booking.objects.filter(pk=old.pk).update(created_at=long_ago, confirmed_at=long_ago)
    Movement.objects.filter(booking_id=old.pk).update(at=long_ago)
    operations.mark_all()
    operations.sweep_all()
    week, month = page.get(HOME, {"days": 7}), page.get(HOME, {"days": 30})
    assert (number(week, 1).values, number(week, 1).change) == (["3"], "50 % more than in the 7 days before")
    assert (number(month, 1).values, number(month, 1).change) == (["5"], "none in the 30 days before")


@pytest.mark.parametrize(
    ("asked", "days"),
    [("7", 7), ("90", 90), ("", 30), ("8", 30), ("٧", 30), ("-7", 30), ("x" * 9999, 30)],
)
def test_the_period_stands_in_the_address(team, page, asked, days):
    make_draft(team)
    answer = page.get(HOME, {"days": asked})
    assert (answer.status_code, answer.context["period"].days) == (200, days)


def test_nothing_yet_looks_other_than_nothing(team, page):
    make_draft(team)
    answer = page.get(HOME)
    assert [(one.values, one.empty) for one in answer.context["numbers"]] == [
        (["–"], True), (["–"], True), (["–"], True), (["0"], False),
    ]  # fmt: skip
    make_event(team, capacity=4)
    make_booking(event := make_event(team), quantity=1)
    bookings.cancel(booking=Booking.objects.get(event=event), now=timezone.now())
    operations.sweep_all()
    answer = page.get(HOME)
    assert number(answer, 2).values == ["0 %"] and not number(answer, 2).empty
    assert number(answer, 0).note == "No money has moved in this time or the time before."


def test_days_are_those_of_where_most_events_are(team, page):
    for zone in ("Asia/Tokyo", "America/New_York", "Asia/Tokyo"):
        make_draft(team, timezone=zone)
    assert str(page.get(HOME).context["period"].zone) == "Asia/Tokyo"


# --- What is next ---


def test_the_next_events_are_told_by_what_sold_and_how_fast(team, page):
    now = timezone.now()
    for days in (30, 10):
        start = now + timedelta(days=days)
        make_event(team, title=f"In {days} days", capacity=10, starts_at=start, ends_at=start + timedelta(hours=2))
    soon = Event.objects.get(title="In 10 days")
    make_booking(soon, quantity=2)
    operations.sweep_all()
    first, second = page.get(HOME).context["paces"]
    assert (first.event.title, second.event.title) == ("In 10 days", "In 30 days")
    assert first.sentence == "2 of 10 sold, 10 days to go; 2 in the last 7 days: at this pace about 4 by the start."
    assert second.sentence == "0 of 10 sold, 30 days to go; none in the last 7 days."
    make_booking(soon, quantity=8)
    operations.sweep_all()
    assert page.get(HOME).context["paces"][0].sentence == "10 of 10 sold, 10 days to go; nothing is left."


def test_the_line_of_sales_stays_in_its_picture_and_ends_at_the_counter(team):
    event = make_event(team, capacity=10)
    booking = make_booking(event, quantity=4)
    Booking.objects.filter(pk=booking.pk).update(created_at=timezone.now() - timedelta(days=3))
    operations.mark_all()
    operations.sweep_all()
    Inventory.objects.filter(pk=event.inventory_id).update(claimed=5)  # the counter is a moment ahead of the figures
    (pace,) = paces(Event.objects.filter(pk=event.pk).select_related("inventory"), timezone.now())
    points = [tuple(map(float, point.split(","))) for point in pace.points.split()]
    assert all(0 <= x <= 300 and 0 <= y <= 60 for x, y in points)
    assert points == sorted(points, key=lambda point: point[0])
    assert points[-1] == (pytest.approx(pace.now_x, abs=0.1), 30.0)


# --- Needs attention ---


def test_without_trouble_it_says_so(team, page):
    make_event(team)
    answer = page.get(HOME)
    assert items(answer) == [] and "Nothing needs you right now" in answer.text


def test_every_trouble_is_named_with_the_place_where_it_is_seen_to(team, page):
    now, day = timezone.now(), timedelta(days=1)
    show = make_event(team, title="Show", ticket_types=priced(), capacity=20)
    receipts = [pay_at_the_door(show, 1000) for _ in range(4)]
    for receipt in receipts[:2]:
        payments.refund_by_hand(
            booking_id=receipt.payment.booking_id, amount=100, reason="Seat", by=owner_of(team), now=now
        )
    Refund.objects.filter(payment=receipts[0].payment).update(status="failed")
    Payment.objects.filter(pk=receipts[2].payment_id).update(disputed_at=now)
    Payment.objects.filter(pk=receipts[3].payment_id).update(note="Another currency")
    notice = Notice.objects.create(
        kind="booking_confirmed", key="k", recipient=make_user("Rui"), about=receipts[0].payment.booking_id, title="t"
    )
    Delivery.objects.create(notice=notice, channel="email", address="r@example.org", status="failed", due_at=now)
    make_event(team, title="Unpayable", ticket_types=priced(), payment_methods=["card", "transfer"])
    bare = make_event(team, title="Bare")
    bare.ticket_types.update(retired_at=now)
    late = make_event(team, title="Late")
    event_operations.postpone_event(event=late, version=late.version, by=owner_of(team), now=now)
    make_draft(team, title="Soon", starts_at=now + 3 * day, ends_at=now + 4 * day)
    place = make_place()
    Event.objects.filter(pk=place.event_id).update(organizer=team, title="Full")
    bookings.cancel(booking=Booking.objects.get(event=place.event_id), now=now, even_late=True)
    Entry.objects.filter(pk=place.pk).update(offer_expires_at=now + timedelta(minutes=30))
    answer = page.get(HOME)
    assert sorted(items(answer)) == sorted([
        ("bad", "1 refund failed", "Show"),
        ("bad", "1 payment disputed", "Show"),
        ("bad", "Nobody can pay by card and by bank transfer until the team says how it is paid", "Unpayable"),
        ("bad", "On sale without a ticket type: nobody can book", "Bare"),
        ("warn", "1 refund to pay back by hand", "Show"),
        ("warn", "1 payment to check", "Show"),
        ("warn", "Mail to 1 guest did not arrive", "Show"),
        ("warn", "Postponed, without new dates", "Late"),
        ("info", "1 offer of seats lapses within the hour", "Full"),
        ("info", f"Begins {_when('Soon')}, and is not published", "Soon"),
    ])  # fmt: skip
    assert [tone for tone, _, _ in items(answer)] == ["bad"] * 4 + ["warn"] * 4 + ["info"] * 2
    for item in answer.context["items"]:
        assert page.get(item.url).status_code == 200


def _when(title: str) -> str:
    return in_words(Event.objects.get(title=title).local_start)


def test_a_manager_is_led_where_managers_may_go(team):
    make_event(team, ticket_types=priced(), payment_methods=["card"])
    manager = signed_in(_member(team, "manager"))
    (item,) = manager.get(HOME).context["items"]
    assert manager.get(item.url).status_code == 200


def test_troubles_of_other_teams_are_not_ones_own(team, page):
    other = make_event(ticket_types=priced(), payment_methods=["card"])
    other.ticket_types.update(retired_at=timezone.now())
    make_event(team)
    assert items(page.get(HOME)) == []


# --- Set-up ---


def test_a_new_team_is_led_from_step_to_step_until_it_knows_its_way(team, page):
    done = lambda: [step.done for step in page.get(HOME).context["steps"]]  # noqa: E731
    assert done() == [True, False, False, False, False, False]
    draft = make_draft(team)
    assert done() == [True, True, False, False, False, False]
    event_operations.publish_event(event=draft, version=draft.version, by=owner_of(team), now=timezone.now())
    assert done() == [True, True, True, True, False, False]  # what is free needs no bank
    accounts.invite(team=team, email="b@example.org", role="door", by=owner_of(team), now=timezone.now())
    assert done() == [True, True, True, True, True, False]
    for step in page.get(HOME).context["steps"]:
        assert step.done or page.get(step.url).status_code == 200
    page.post(reverse("organise:hide_setup"))
    assert page.get(HOME).context["steps"] == []


def test_once_all_is_done_the_list_is_gone(team, page):
    event = make_event(team)
    _member(team, "door")
    Scan.objects.create(event=event, result="not-valid", at=timezone.now())
    assert page.get(HOME).context["steps"] == []
    assert "From here to your first guest" not in page.get(HOME).text


def test_hiding_is_ones_own_and_asks_for_a_post(team, page):
    other = signed_in(_member(team, "manager"))
    assert page.get(reverse("organise:hide_setup")).status_code == 405
    page.post(reverse("organise:hide_setup"))
    assert len(other.get(HOME).context["steps"]) == 6


# --- For whom ---


def _member(team, role: str):
    user = make_user("Ben")
    Membership.objects.create(team=team, user=user, role=role)
    return user


def test_door_staff_are_led_to_their_doors_and_see_no_numbers(team):
    answer = signed_in(_member(team, "door")).get(HOME)
    assert (answer.status_code, answer["Location"]) == (302, reverse("door:home"))


def test_who_runs_one_team_and_works_at_the_door_of_another_sees_the_numbers_of_the_first(team):
    manager = _member(team, "manager")
    other = make_team()
    Membership.objects.create(team=other, user=manager, role="door")
    make_booking(make_event(team, capacity=9), quantity=2)
    make_booking(make_event(other), quantity=5)
    operations.sweep_all()
    answer = signed_in(manager).get(HOME)
    assert number(answer, 1).values == ["2"]
    assert len(answer.context["page"].object_list) == 2


def test_staff_without_a_team_see_the_platform(team):
    make_booking(make_event(team), quantity=2)
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    answer = signed_in(make_user("Sam", is_staff=True)).get(HOME)
    assert (number(answer, 1).values, answer.context["items"], answer.context["steps"]) == (["5"], [], [])
    assert "Nothing needs you right now" not in answer.text


def test_invitations_wait_where_their_address_is_confirmed(team):
    ada = make_user("Ada")
    accounts.invite(team=team, email=ada.email, role="door", by=owner_of(team), now=timezone.now())
    assert signed_in(ada).get(HOME).context["invitations"] == []
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    answer = signed_in(ada).get(HOME)
    assert [one.team for one in answer.context["invitations"]] == [team]
    assert f"{team.name} would like you to join" in answer.text


@pytest.mark.parametrize("many", [1, 4])
def test_the_home_takes_the_same_statements_however_much_there_is(team, page, many, django_assert_num_queries):
    for _ in range(many):
        make_booking(make_event(team, ticket_types=priced(), payment_methods=["card", "door"]))
    operations.sweep_all()
    with django_assert_num_queries(STATEMENTS):
        page.get(HOME)
