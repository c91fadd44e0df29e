"""What comes back when a booking is cancelled, whole or in part."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings import operations, policy
from bookings.errors import AlreadyCancelled, NotPending, RefundChanged, TooLateToCancel
from bookings.models import Booking, BookingLine
from core.errors import Invalid
from events.models import Inventory, Movement
from events.operations import TicketTypeInput
from events.policy import sentence, steps_of
from outbox.models import Message
from tests.api import Api, unknown_id
from tests.factories import make_booking, make_event, make_hold, make_place, make_user
from tickets import operations as tickets

pytestmark = pytest.mark.django_db

SEAT = TicketTypeInput(name="Seat", price=Decimal("12.50"))
STEPS = [[168, 100], [48, 50]]


def paid(quantity=2, items=(), customer=None, **changes):
    """A booking that is paid, of an event in thirty days: everything comes back for 23 days, then half for five."""
    start = timezone.now().replace(microsecond=0) + timedelta(days=30)
    rules = {
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "refund_steps": STEPS,
        "payment_methods": ["card"],
    }
    event = changes.pop("event", None) or make_event(**{"ticket_types": [SEAT], **rules, **changes})
    if isinstance(items, dict):
        items = [(one.pk, items[one.name]) for one in event.types_for_sale() if one.name in items]
    booking = make_booking(event, customer, quantity=quantity, items=items)
    assert operations.confirm_paid(booking=booking, now=timezone.now())
    return Booking.objects.select_related("event").get(pk=booking.pk)


def before(booking, **time):
    return booking.event.starts_at - timedelta(**time)


def money_of(booking):
    booking = Booking.objects.get(pk=booking.pk)
    return booking.status, booking.total, booking.adjustment


def line_of(booking, name="Seat"):
    return BookingLine.objects.get(booking=booking, ticket_type__name=name)


def the_facts(name):
    return [
        {key: one.payload[key] for key in one.payload if key != "booking_id"}
        for one in Message.objects.filter(fact=name)
    ]


def claimed(event):
    return Inventory.objects.get(pk=event.inventory_id).claimed


@pytest.mark.parametrize(
    "hours, back", [(169, 2500), (168, 1250), (49, 1250), (48, 0), (24, 0)], ids=lambda value: str(value)
)
def test_how_much_comes_back_depends_on_when(hours, back):
    booking = paid()
    assert policy.refund_if_cancelled(booking, before(booking, hours=hours)) == back


def test_the_steps_of_a_booking_name_moments_and_amounts():
    booking = paid()
    assert policy.refund_steps_of(booking) == [
        (before(booking, hours=168), 100, 2500),
        (before(booking, hours=48), 50, 1250),
    ]


def test_no_step_lasts_longer_than_cancelling_does():
    start = timezone.now()
    steps = steps_of({"cancel_hours": 48, "refund": [[72, 100], [24, 50], [2, 10]]}, start)
    assert steps == [(start - timedelta(hours=72), 100, 0), (start - timedelta(hours=48), 50, 0)]
    assert steps_of({"cancel_hours": 0, "refund": []}, start) == []


def test_half_a_cent_comes_back_as_a_whole_one():
    assert [policy.share(amount, 50) for amount in (1, 2, 3)] == [1, 1, 2]


@pytest.mark.parametrize("methods, price", [(["door"], "12.50"), (["card"], "0")], ids=["at the door", "free"])
def test_nothing_comes_back_of_what_nobody_paid(methods, price):
    event = make_event(payment_methods=methods, ticket_types=[TicketTypeInput(name="Seat", price=Decimal(price))])
    booking = make_booking(event)
    assert policy.refund_if_cancelled(booking, timezone.now()) == 0 and policy.refund_steps_of(booking) == []
    operations.cancel(booking=booking, now=timezone.now())
    assert money_of(booking)[2] == 0


def test_what_does_not_come_back_stays_owed():
    booking = paid()
    operations.cancel(booking=booking, now=before(booking, hours=100))
    assert money_of(booking) == ("cancelled", 2500, 1250)


def test_staff_give_everything_back_however_late():
    booking = paid()
    operations.cancel(booking=booking, now=before(booking, hours=1), even_late=True)
    assert money_of(booking) == ("cancelled", 2500, 0)


def test_everything_comes_back_of_an_event_that_does_not_take_place():
    booking = paid()
    operations.cancel_some(event_id=booking.event_id, now=before(booking, hours=1))
    assert money_of(booking) == ("cancelled", 2500, 0)


def test_closing_an_account_is_no_way_around_the_policy():
    booking = paid()
    operations.forget_customer(customer_id=booking.customer_id, now=before(booking, hours=100))
    assert money_of(booking) == ("cancelled", 2500, 1250)


def test_what_was_given_back_by_hand_does_not_come_back_again():
    booking = paid()
    Booking.objects.filter(pk=booking.pk).update(adjustment=-500)
    booking.refresh_from_db()
    assert policy.refund_if_cancelled(booking, before(booking, hours=100)) == 1000
    operations.cancel(booking=booking, now=before(booking, hours=100))
    assert money_of(booking) == ("cancelled", 2500, 1000)


def test_nobody_cancels_for_another_amount_than_they_were_shown():
    booking = paid()
    with pytest.raises(RefundChanged) as no:
        operations.cancel(booking=booking, now=before(booking, hours=100), expected_refund=2500)
    assert (str(no.value), no.value.extra) == (
        "€12.50 would come back now. Please look again.",
        {"refund": "12.50", "currency": "EUR"},
    )
    assert money_of(booking) == ("confirmed", 2500, 0)
    operations.cancel(booking=booking, now=before(booking, hours=100), expected_refund=1250)
    assert money_of(booking)[0] == "cancelled"


def test_some_tickets_go_and_the_others_keep_their_numbers():
    booking = paid(quantity=3)
    tickets.issue(booking_id=booking.pk)
    line = line_of(booking)
    now = before(booking, hours=100)
    assert operations.seats_refund(booking, {line.pk: [2]}, now) == 625
    operations.cancel_seats(booking=booking, numbers={line.pk: [2]}, now=now, expected_refund=625)
    assert money_of(booking) == ("confirmed", 2500, 625)
    line.refresh_from_db()
    assert (line.quantity, line.numbers, line.cancelled_numbers) == (2, [1, 3], [2])
    tickets.issue(booking_id=booking.pk)
    found = tickets.issued(booking=Booking.objects.get(pk=booking.pk))
    assert [(one.number, one.status) for one in found] == [(1, "valid"), (2, "cancelled"), (3, "valid")]
    assert the_facts("seats_cancelled") == [{"quantity": 1, "how": "customer"}]
    assert Movement.objects.get(booking_id=booking.pk, reason="cancelled").change == -1
    assert claimed(booking.event) == 2
    assert operations.audit_inventory() == []


def test_tickets_cancelled_before_they_were_issued_are_never_issued():
    booking = paid(quantity=3)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    found = tickets.issued(booking=Booking.objects.get(pk=booking.pk))
    assert [one.number for one in found] == [2, 3]


def test_a_fee_kept_for_some_is_not_given_back_with_the_others():
    booking = paid(quantity=2)
    line = line_of(booking)
    operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=before(booking, hours=100))
    booking = Booking.objects.select_related("event").get(pk=booking.pk)
    assert policy.refund_if_cancelled(booking, before(booking, hours=100)) == 625
    operations.cancel(booking=booking, now=before(booking, hours=100))
    assert money_of(booking) == ("cancelled", 1250, 1250)


def test_all_tickets_one_by_one_is_to_cancel_it():
    booking = paid(quantity=2)
    line = line_of(booking)
    for number in (1, 2):
        operations.cancel_seats(booking=booking, numbers={line.pk: [number]}, now=timezone.now())
    assert money_of(booking) == ("cancelled", 1250, 0)
    assert claimed(booking.event) == 0 and operations.audit_inventory() == []
    assert len(the_facts("booking_cancelled")) == 1


def test_a_kind_of_ticket_may_go_altogether():
    types = [SEAT, TicketTypeInput(name="Box", price=Decimal(40), capacity=2)]
    booking = paid(items={"Seat": 1, "Box": 1}, ticket_types=types)
    operations.cancel_seats(booking=booking, numbers={line_of(booking, "Box").pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 1250, 0)
    [line] = Booking.objects.with_all().get(pk=booking.pk).lines.all()
    assert line.ticket_type.name == "Seat"
    assert operations.audit_inventory() == []


def test_freed_seats_go_to_the_line_first():
    booking = paid(quantity=2, capacity=2)
    entry = make_place(booking.event)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    entry.refresh_from_db()
    assert entry.status == "offered" and operations.audit_inventory() == []


def test_staff_give_the_price_of_tickets_back_whole():
    booking = paid(quantity=2)
    late = before(booking, hours=1)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=late, even_late=True)
    assert money_of(booking) == ("confirmed", 1250, 0)
    assert the_facts("seats_cancelled") == [{"quantity": 1, "how": "staff"}]


def test_what_is_paid_at_the_door_costs_less_with_fewer_tickets():
    event = make_event(ticket_types=[SEAT])
    booking = make_booking(event, quantity=2)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 1250, 0)


def test_discount_tax_and_fee_of_the_tickets_that_stay_are_theirs():
    booking = paid(quantity=3)
    BookingLine.objects.filter(booking=booking).update(discount=750, tax=479, tax_rate=Decimal(20), fee=100)
    Booking.objects.filter(pk=booking.pk).update(total=3000)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    line = line_of(booking)
    assert (line.discount, line.total, line.tax, line.fee) == (500, 2000, 333, 67)
    assert money_of(booking) == ("confirmed", 2000, 0)


@pytest.mark.parametrize("wanted", [[], [0], [4], [-1]], ids=str)
def test_tickets_that_are_none_are_refused(wanted):
    booking = paid(quantity=3)
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: wanted}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 3750, 0)


def test_tickets_of_another_booking_and_those_that_are_cancelled_are_refused():
    booking, other = paid(quantity=3), paid(quantity=3, customer=make_user())
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(other).pk: [1]}, now=timezone.now())
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 2500, 0)


def test_some_tickets_are_cancelled_by_the_same_rules_as_all():
    booking = paid(quantity=3)
    line = line_of(booking)
    with pytest.raises(TooLateToCancel):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=before(booking, hours=1))
    with pytest.raises(RefundChanged):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=timezone.now(), expected_refund=1)
    operations.cancel(booking=booking, now=timezone.now())
    with pytest.raises(AlreadyCancelled):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=timezone.now())
    basket = make_hold(make_event())
    with pytest.raises(NotPending):
        operations.cancel_seats(booking=basket, numbers={basket.lines.get().pk: [1]}, now=timezone.now())


def test_a_policy_in_a_sentence():
    start = datetime(2027, 6, 12, 18, tzinfo=UTC)
    steps, zone = (
        steps_of({"cancel_hours": 24, "refund": [[168, 100], [72, 50], [24, 30]]}, start),
        ZoneInfo("Europe/Lisbon"),
    )
    days = [start - timedelta(days=days) for days in (30, 5, 1)]
    assert [sentence(steps, zone, day) for day in days] == [
        "Full refund until Saturday 5 June, 19:00 WEST; half until Wednesday 9 June, 19:00 WEST; "
        "30 % until Friday 11 June, 19:00 WEST; after that, none.",
        "Half until Wednesday 9 June, 19:00 WEST; 30 % until Friday 11 June, 19:00 WEST; after that, none.",
        "No refund any more.",
    ]
    assert sentence([], zone, start) == "No refund."


def test_the_api_says_what_comes_back_until_when():
    booking = paid()
    api = Api(booking.customer)
    told = api.send("GET", f"/api/bookings/{booking.pk}").json()
    assert (told["paid_by"], told["refund_if_cancelled"]) == ("money", "25.00")
    assert [(one["percent"], one["amount"]) for one in told["refund_policy"]] == [(100, "25.00"), (50, "12.50")]
    answer = api.send("DELETE", f"/api/bookings/{booking.pk}?expected_refund=12.50")
    assert (answer.status_code, answer.json()["code"], answer.json()["refund"]) == (409, "refund-changed", "25.00")
    for nonsense in ("x", "-1", "1.234"):
        assert api.send("DELETE", f"/api/bookings/{booking.pk}?expected_refund={nonsense}").status_code == 400
    assert money_of(booking)[0] == "confirmed"
    answer = api.send("DELETE", f"/api/bookings/{booking.pk}?expected_refund=25.00")
    assert (answer.status_code, answer.json()["status"], answer.json()["refund_if_cancelled"]) == (
        200,
        "cancelled",
        "0.00",
    )


def test_the_api_says_it_before_there_is_anything_paid():
    ada = make_user()
    event = make_event(payment_methods=["card"], ticket_types=[SEAT])
    told = Api(ada).send("POST", "/api/bookings", {"event": str(event.pk), "quantity": 2}).json()
    assert told["status"] == "pending" and told["links"]["extend"] == f"/api/bookings/{told['id']}/extend"
    assert [(one["percent"], one["amount"]) for one in told["refund_policy"]] == [(100, "25.00")]
    assert (told["paid_by"], told["refund_if_cancelled"]) == (None, "0.00")


def test_the_api_holds_seats_longer():
    ada = make_user()
    basket = make_hold(customer=ada)
    address = f"/api/bookings/{basket.pk}/extend"
    assert Api(make_user()).send("POST", address).status_code == 404
    ends = [Api(ada).send("POST", address) for _ in range(3)]
    assert [one.status_code for one in ends] == [200, 200, 409]
    assert ends[0].json()["hold_expires_at"] < ends[1].json()["hold_expires_at"]
    assert (ends[1].json()["links"]["extend"], ends[2].json()["code"]) == (None, "no-more-time")
    Booking.objects.filter(pk=basket.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))
    assert Api(ada).send("POST", address).json()["code"] == "hold-lapsed"
    assert Api(ada).send("GET", f"/api/bookings/{basket.pk}").json()["status"] == "expired"
    assert claimed(basket.event) == 0


def test_the_api_cancels_some_tickets():
    booking = paid(quantity=3)
    kind, address = str(line_of(booking).ticket_type_id), f"/api/bookings/{booking.pk}/cancel-tickets"
    api = Api(booking.customer)
    wanted = {"tickets": [{"ticket_type": kind, "numbers": [2]}, {"ticket_type": kind, "numbers": [3, 2]}]}
    refused = api.send("POST", address, {**wanted, "expected_refund": "1.00"})
    assert (refused.status_code, refused.json()["refund"]) == (409, "25.00")
    told = api.send("POST", address, {**wanted, "expected_refund": "25.00"}).json()
    assert (told["status"], told["quantity"], told["total"]) == ("confirmed", 1, "12.50")
    assert [item["numbers"] for item in told["items"]] == [[1]]


def test_tickets_that_nobody_has_are_not_cancelled_by_the_api():
    booking = paid(quantity=3)
    kind, address = str(line_of(booking).ticket_type_id), f"/api/bookings/{booking.pk}/cancel-tickets"
    one = {"ticket_type": kind, "numbers": [1]}
    wrong = [{**one, "numbers": []}], [{**one, "numbers": [4]}], [{**one, "numbers": [10**30]}]
    for wanted in ([], *wrong, [{**one, "ticket_type": unknown_id()}], "x"):
        assert Api(booking.customer).send("POST", address, {"tickets": wanted}).status_code in (400, 422)
    assert Api(make_user()).send("POST", address, {"tickets": [one]}).status_code == 404
    assert money_of(booking) == ("confirmed", 3750, 0)
