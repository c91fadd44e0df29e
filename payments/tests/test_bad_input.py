"""Nonsense, and other people's money, at every door: a clear 4xx, and nothing has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from outbox.models import Message
from payments import operations
from payments.models import Account, MoneyAct, Payment, ProviderEvent, Receipt, Refund, Rescue
from payments.tests.carding import ADDRESS
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.api import Api
from tests.factories import make_hold, make_user, owner_of, signed_in

pytestmark = pytest.mark.django_db

MONEY = [Account, Booking, MoneyAct, Payment, ProviderEvent, Receipt, Refund, Rescue]
AMOUNTS = ["", "0", "-0", "-1", "0.001", "12.505", "1e999", "1e30", "NaN", "-Infinity", "12,50,0", "0x10", "9" * 400]
AMOUNTS += ["١٢.٥٠٥", "12.50 €", "\x00", "1\n2", "None", "[]", "12.50; DROP TABLE payments_payment"]


@dataclass
class House:
    """A team's event with three guests: one who waits for a transfer, one who has paid, and one who paid too late."""

    owner: User
    waiting: Booking
    paid: Booking
    late: Booking
    refund: Refund

    def page(self, name: str, booking: Booking, *more: Any) -> str:
        return reverse(f"money:{name}", args=[booking.event.slug, booking.pk, *more])


@pytest.fixture
def house() -> House:
    event = paid_event("transfer", "door", capacity=3)
    late = basket(event, 2)
    payment = under_way(late)
    bookings.expire(booking=late, now=timezone.now() + timedelta(days=8))
    waiting, paid = basket(event), basket(event)
    for one in (waiting, paid):
        under_way(one)
    make_hold(event)
    take_in = partial(operations.take_in, reference="1", by=late.customer, now=timezone.now())
    take_in(booking_id=paid.pk, amount=PRICE + 100)
    take_in(booking_id=late.pk, amount=payment.amount)
    assert late.rescues.get().status == "asked"
    return House(owner_of(event.organizer), waiting, paid, late, Refund.objects.get())


def everything() -> list[Any]:
    """All rows of all money, and what waits to be delivered."""
    rows = [[model.__name__, *model.objects.order_by("pk").values()] for model in MONEY]
    return [*rows, Message.objects.count()]


def assert_refused(call: Callable[[], Any], *statuses: int) -> None:
    before = everything()
    answer = call()
    assert answer.status_code in (statuses or range(400, 500))
    assert everything() == before


@pytest.mark.parametrize("amount", AMOUNTS)
def test_amounts_that_are_none_move_nothing(house, amount):
    staff = signed_in(house.owner)
    book_in = {"amount": amount, "dated": "2026-01-05", "reference": "2", "key": str(uuid4())}
    assert_refused(lambda: staff.post(house.page("book_in", house.waiting), book_in), 422)
    assert_refused(lambda: staff.post(house.page("refund", house.paid), {"amount": amount, "reason": "Rain"}), 422)


@pytest.mark.parametrize("amount", ["12.51", "13.50", "99999999.99"])
def test_no_more_goes_back_than_is_left(house, amount):
    refund = {"amount": amount, "reason": "Rain"}
    assert_refused(lambda: signed_in(house.owner).post(house.page("refund", house.paid), refund), 409, 422)


@pytest.mark.parametrize("name", ["waiting", "late"])
def test_what_is_not_settled_is_not_refunded_by_hand(house, name):
    page = house.page("refund", getattr(house, name))
    assert_refused(lambda: signed_in(house.owner).post(page, {"amount": "1.00", "reason": "Rain"}), 409, 422)


@pytest.mark.parametrize("name", ["book_in", "refund", "tickets", "give_back", "booking"])
@pytest.mark.parametrize("who", ["stranger", "guest", "other team", "nobody"])
def test_nobody_touches_money_of_events_that_are_not_theirs(house, name, who):
    people = {"stranger": make_user, "guest": lambda: house.paid.customer, "other team": lambda: owner_of(team())}
    client = Client() if who == "nobody" else signed_in(people[who]())
    before = everything()
    answer = client.post(house.page(name, house.paid), {"amount": "1.00", "reason": "Rain", "reference": "x"})
    if who == "nobody":
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))
    else:
        assert answer.status_code in (403, 404, 405)
    assert everything() == before


def team():
    return paid_event("transfer").organizer


@pytest.mark.parametrize("name", ["book_in", "refund", "tickets", "give_back"])
def test_bookings_that_are_another_event_s_or_nobody_s_are_not_there(house, name):
    elsewhere = basket(paid_event("transfer"))
    for pk in (elsewhere.pk, uuid4()):
        address = reverse(f"money:{name}", args=[house.paid.event.slug, pk])
        assert_refused(lambda address=address: signed_in(house.owner).post(address, {"amount": "1.00"}), 404)


@pytest.mark.parametrize("name", ["paid_back", "send_anew"])
def test_refunds_that_are_another_booking_s_or_nobody_s_are_not_there(house, name):
    staff = signed_in(house.owner)
    for page in (
        house.page(name, house.waiting, house.refund.pk),
        house.page(name, house.paid, uuid4()),
    ):
        assert_refused(lambda page=page: staff.post(page, {"note": "Paid"}), 404)


@pytest.mark.parametrize("method", ["cash", "stripe", "", None, 1, True, [], {}, "card", "\x00", "DOOR", "x" * 10_000])
def test_ways_to_pay_that_are_not_offered_start_nothing(house, method):
    api = Api(house.waiting.customer)
    assert_refused(lambda: api.send("POST", f"/api/bookings/{house.waiting.pk}/pay", {"method": method}))


@pytest.mark.parametrize("name", ["paid", "late"])
def test_what_is_paid_or_over_is_not_paid_again(house, name):
    booking = getattr(house, name)
    api = Api(booking.customer)
    assert_refused(lambda: api.send("POST", f"/api/bookings/{booking.pk}/pay", {"method": "transfer"}), 409, 410)


@pytest.mark.parametrize("choice", ["", "money", "both", None, 7, ["refund"], {"choice": "refund"}])
def test_choices_that_are_none_decide_nothing(house, choice):
    api = Api(house.late.customer)
    assert_refused(lambda: api.send("POST", f"/api/bookings/{house.late.pk}/late", {"choice": choice}), 400, 422)


@pytest.mark.parametrize("name", ["paid", "waiting"])
def test_where_there_is_no_choice_none_is_made(house, name):
    booking = getattr(house, name)
    for choice in ("line", "refund"):
        call = partial(Api(booking.customer).send, "POST", f"/api/bookings/{booking.pk}/late", {"choice": choice})
        assert_refused(call, 409)


@pytest.mark.parametrize(("way", "body"), [("pay", {"method": "door"}), ("late", {"choice": "refund"})])
def test_the_bookings_of_others_are_not_there_by_api(house, way, body):
    stranger = Api(make_user("Eve"))
    for pk in (house.waiting.pk, house.late.pk, uuid4()):
        assert_refused(partial(stranger.send, "POST", f"/api/bookings/{pk}/{way}", body), 404)
        assert_refused(partial(stranger.send, "GET", f"/api/bookings/{pk}/payments"), 404)


@pytest.mark.parametrize("account", ["", "/1", "/0", "/999999999999999999999999", "/-1", "/x"])
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 100, b"[" * 100_000, b"x" * 300_000])
def test_webhooks_of_nobody_are_heard_by_nobody(house, account, body):
    headers = {"Stripe-Signature": "t=1,v1=0"}
    call = partial(Client().post, f"{ADDRESS}{account}", body, "application/json", headers=headers)
    assert_refused(call, 400, 404, 413)


def test_a_choice_sent_twice_is_made_once(house):
    api = Api(house.late.customer)
    send = partial(api.send, "POST", f"/api/bookings/{house.late.pk}/late", {"choice": "refund"})
    assert send().status_code == 200
    assert_refused(send, 409)
    assert operations.audit_money(now=timezone.now()) == []


def test_a_refund_is_marked_as_paid_back_once(house):
    page = house.page("paid_back", house.paid, house.refund.pk)
    staff = signed_in(house.owner)
    assert staff.post(page, {"note": "By bank"}).status_code == 302
    before = everything()
    staff.post(page, {"note": "By bank"})
    assert everything() == before
