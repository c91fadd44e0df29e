"""Payments by the API."""

import pytest
from django.utils import timezone

from accounts.models import User
from payments import operations
from payments.models import Payment, Refund, Rescue
from payments.tests.carding import CREATE
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from payments.tests.test_views_paying import came_late
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_hold, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


def pay(user, booking, **body):
    return Api(user).send("POST", f"/api/bookings/{booking.pk}/pay", body)


def money_of(user, booking):
    return Api(user).send("GET", f"/api/bookings/{booking.pk}/payments").json()


def test_a_booking_that_has_to_be_paid_says_where(ada):
    event = paid_event("transfer")
    body = Api(ada).send("POST", "/api/bookings", {"event": str(event.pk), "quantity": 2}).json()
    assert (body["status"], body["paid_by"]) == ("pending", None)
    assert body["links"]["pay"] == f"/api/bookings/{body['id']}/pay"
    booking = ada.bookings.get()
    assert pay(ada, booking, method="transfer").status_code == 201


def test_by_card_there_is_a_page_to_open_and_the_same_one_again(ada, cards):
    booking = basket(paid_event("card", "door"), 2, ada)
    first, second = (pay(ada, booking, method="card", name="Grace", email="grace@example.org") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["url"].startswith(cards.url)
    assert (first.json()["amount"], first.json()["currency"], first.json()["status"]) == ("25.00", "EUR", "open")
    assert first["Cache-Control"] == "private, no-store"
    assert (again(booking).name, again(booking).email) == ("Grace", "grace@example.org")


def test_by_transfer_there_is_what_to_enter_at_one_s_bank(ada):
    booking = basket(quantity=2, customer=ada)
    body = pay(ada, booking, method="transfer").json()
    assert body["instructions"] == {
        "holder": "Team",
        "account": "PT50 0002 0123 1234 5678 9015 4",
        "bank_code": "",
        "bank": "",
        "amount": "25.00",
        "currency": "EUR",
        "reference": booking.reference,
    }
    assert body["url"] is None


def test_at_the_door_it_is_confirmed_at_once(ada):
    booking = basket(paid_event("transfer", "door"), customer=ada)
    response = pay(ada, booking, method="door")
    assert (response.status_code, response.json()["id"]) == (200, None)
    assert response.json()["booking"]["status"] == "confirmed"
    assert response.json()["booking"]["paid_by"] == "door"


def test_what_is_free_needs_no_way_to_pay(ada):
    response = pay(ada, make_hold(customer=ada))
    assert (response.status_code, response.json()["amount"]) == (200, "0.00")
    assert response.json()["booking"]["status"] == "confirmed"


def test_refusals_of_paying(ada, cards):
    booking = basket(paid_event("card", "door"), customer=ada)
    problem = assert_problem(pay(ada, booking, method="transfer"), 409, "method-not-offered")
    assert problem["offered"] == ["card", "door"]
    assert_problem(pay(ada, booking, method="nonsense"), 400, "invalid", "method")
    assert_problem(pay(ada, booking, method=["card"]), 400, "invalid", "method")
    assert_problem(pay(ada, booking), 409, "method-not-offered")
    cards.faults.plan("down", on=CREATE)
    response = pay(ada, booking, method="card")
    assert_problem(response, 503, "payment-provider-away")
    assert response["Retry-After"] == "10"
    assert again(booking).status == "pending"


def test_what_is_booked_is_not_paid_again(ada):
    booking = make_booking(paid_event("door"), ada)
    assert_problem(pay(ada, booking, method="transfer"), 409, "nothing-to-pay")


def test_the_money_of_a_booking_is_told_from_first_to_last(ada):
    booking = basket(quantity=2, customer=ada)
    payment = under_way(booking)
    assert money_of(ada, booking)["standing"] == "waiting"
    operations.book_in(payment_id=payment.pk, amount=1000, reference="1", by=None, now=timezone.now())
    body = money_of(ada, booking)
    assert (body["received"], body["payments"][0]["instructions"]["amount"]) == ("10.00", "15.00")
    operations.book_in(payment_id=payment.pk, amount=1600, reference="2", by=None, now=timezone.now())
    body = money_of(ada, booking)
    assert (body["standing"], body["received"], body["refunded"]) == ("refunding", "26.00", "1.00")
    assert [(one["amount"], one["kind"], one["status"]) for one in body["refunds"]] == [("1.00", "surplus", "due")]
    assert body["booking"]["paid_by"] == "money"


def test_who_paid_too_late_chooses(ada):
    booking = came_late(ada)
    assert money_of(ada, booking)["late"]["choices"] == ["line", "refund"]
    path = f"/api/bookings/{booking.pk}/late"
    body = Api(ada).send("POST", path, {"choice": "line"}).json()
    assert (body["late"]["status"], body["late"]["choices"]) == ("line", ["refund"])
    body = Api(ada).send("POST", path, {"choice": "refund"}).json()
    assert (body["late"]["status"], body["standing"]) == ("refunded", "refunding")
    assert Refund.objects.get().amount == PRICE
    assert_problem(Api(ada).send("POST", path, {"choice": "refund"}), 409, "no-choice")
    assert_problem(Api(ada).send("POST", path, {"choice": "both"}), 400, "invalid", "choice")
    assert Rescue.objects.get().status == "refunded"


@pytest.mark.parametrize(("method", "door"), [("POST", "pay"), ("GET", "payments"), ("POST", "late")])
def test_the_money_of_others_is_not_there(ada, method, door):
    theirs = basket()
    for pk in (theirs.pk, unknown_id()):
        path = f"/api/bookings/{pk}/{door}"
        body = {"method": "transfer", "choice": "refund"}
        body.pop("choice" if door == "pay" else "method")
        assert Api(ada).send(method, path, body if method == "POST" else None).status_code == 404
        assert Api().send(method, path, body if method == "POST" else None).status_code == 401
    assert not Payment.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_a_statement_takes_the_same_queries_however_much_has_happened(ada, django_assert_num_queries, number):
    booking = basket(quantity=2, customer=ada)
    payment = under_way(booking)
    for part in range(number):
        operations.book_in(payment_id=payment.pk, amount=3000, reference=str(part), by=None, now=timezone.now())
    with django_assert_num_queries(6):  # the booking, its lines; payments, receipts, refunds; whether it was late
        money_of(ada, booking)
