"""What comes back when a booking is cancelled."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings import operations, policy
from bookings.errors import RefundChanged
from bookings.models import Booking
from bookings.tests.cancelling import SEAT, before, claimed, money_of, paid
from events.operations import TicketTypeInput
from events.policy import sentence, steps_of
from tests.api import Api
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db


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
