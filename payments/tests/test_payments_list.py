"""The list of an event's payments, and its files."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings.models import Booking
from payments import operations
from payments.models import Payment, Refund, Rescue
from payments.organising import Shelf, shelf_counts, with_money
from payments.tests.handling import pay, rows
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.factories import make_booking, make_team, make_user, owner_of, signed_in

pytestmark = pytest.mark.django_db
# Session, person, event and its types; permission; totals; counts (4); page; line; tab; the bell.
LIST_STATEMENTS = 18


def test_bookings_stand_on_the_shelf_of_what_their_money_waits_for(page, event, waiting, paid):
    at_door = make_booking(paid_event("door"))
    at_door.event_id = event.pk
    at_door.save()
    address = reverse("money:payments", args=[event.slug])
    shown = {shelf: rows(page.get(address, {"show": shelf})) for shelf in ("waiting", "paid", "door", "due", "odd")}
    assert shown == {
        "waiting": [waiting.reference],
        "paid": [paid.reference],
        "door": [at_door.reference],
        "due": [],
        "odd": [],
    }
    (one,) = page.get(address).context["totals"]
    assert (one.received, one.to_come, one.at_door, one.refunded) == (2 * PRICE, PRICE, PRICE, 0)


def test_the_counts_are_those_of_the_shelves_whatever_the_bookings_have_come_to(page, event, waiting, paid):
    """They are counted in another way than the shelves are filled."""
    odd, refunded, late, failed, open_too = (basket(event, customer=make_user(f"G{n}")) for n in range(5))
    for one in (odd, refunded, late, failed, open_too):
        under_way(one)
    for one, reference in ((odd, "O"), (refunded, "R"), (late, "L")):
        pay(one, reference=reference)
    Payment.objects.filter(booking__in=[odd, late]).update(note="Odd")
    paid_one = Payment.objects.get(booking=refunded)
    Refund.objects.create(payment=paid_one, amount=1, status="failed", kind="hand")
    Refund.objects.create(payment=paid_one, amount=1, status="due", kind="hand")
    Refund.objects.create(payment=Payment.objects.get(booking=paid), amount=1, status="done", kind="hand")
    for one in (late, open_too):
        Rescue.objects.create(booking=one, decide_by=timezone.now())
    Payment.objects.filter(booking=failed).update(status="failed", disputed_at=timezone.now())
    Booking.objects.filter(pk=failed.pk).update(status="expired")
    other = paid_event("transfer")
    under_way(basket(other))
    counts = shelf_counts(event)
    assert counts == {shelf.value: with_money(event).filter(shelf.rule).count() for shelf in Shelf}
    assert counts == {"waiting": 2, "door": 0, "paid": 4, "due": 1, "odd": 4, "refunded": 2, "failed": 1}


@pytest.mark.parametrize("search", ["Grace", "grace", "reference", "email", "B1"])
def test_a_booking_is_found_by_its_reference_a_name_an_address_or_the_banks(page, event, waiting, paid, search):
    words = {"reference": waiting.reference.lower(), "email": waiting.customer.email}.get(search, search)
    if search == "B1":
        assert rows(page.get(reverse("money:payments", args=[event.slug]), {"q": "b1"})) == [paid.reference]
    else:
        assert rows(page.get(reverse("money:payments", args=[event.slug]), {"q": words})) == [waiting.reference]


def test_what_an_account_is_called_is_not_searched_where_the_booking_has_a_name(page, event, paid):
    """Else whoever books for guests could find out whether somebody has an account."""
    Booking.objects.filter(pk=paid.pk).update(name="Rui", email="rui@example.org")
    for secret in (paid.customer.name, paid.customer.email):
        assert not page.get(reverse("money:payments", args=[event.slug]), {"q": secret}).context["page"].results
    (row,) = page.get(reverse("money:payments", args=[event.slug]), {"q": "rui"}).context["page"].results
    assert (row.who, row.email) == ("Rui", "rui@example.org")


def test_what_is_searched_for_and_not_found_is_said(page, event, paid):
    answer = page.get(reverse("money:payments", args=[event.slug]), {"q": "<nobody>"})
    assert "Nothing has “&lt;nobody&gt;” in its reference" in answer.content.decode()


@pytest.mark.parametrize("query", [{"q": "a\x00b"}, {"q": "x" * 101}, {"cursor": "nonsense"}])
def test_an_address_that_makes_no_sense_is_a_400(page, event, query):
    assert page.get(reverse("money:payments", args=[event.slug]), query).status_code == 400


def test_files_hold_every_payment_and_refund_and_no_formula(page, event, paid):
    operations.refund_by_hand(
        booking_id=paid.pk, amount=500, reason='=HYPERLINK("x")', by=owner_of(event.organizer), now=timezone.now()
    )
    _, payment = table(page, "payments_csv", event)
    assert payment[1] == paid.reference
    assert payment[4:10] == ["Bank transfer", "Paid", "EUR", "25.00", "25.00", "5.00"]
    _, refund = table(page, "refunds_csv", event)
    assert refund[5:10] == ["EUR", "5.00", "To be paid back", "Given back by the organiser", '\'=HYPERLINK("x")']


def table(page, name, event) -> list[list[str]]:
    text = page.get(reverse(f"money:{name}", args=[event.slug])).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", ["payments", "payments_csv", "refunds", "refunds_csv"])
def test_lists_and_files_are_for_those_who_handle_money(event, paid, name):
    ben, max_ = make_user("Ben"), make_user("Max")
    Membership.objects.create(team=event.organizer, user=ben, role=Membership.Role.DOOR)
    Membership.objects.create(team=event.organizer, user=max_, role=Membership.Role.MANAGER)
    address = reverse(f"money:{name}", args=[event.slug])
    statuses = [signed_in(who).get(address).status_code for who in (max_, ben, owner_of(make_team()))]
    assert statuses == [200, 403, 404]


def test_the_list_takes_the_same_statements_however_many_rows(page, event, paid, django_assert_num_queries):
    address = reverse("money:payments", args=[event.slug])
    page.get(address)
    with django_assert_num_queries(LIST_STATEMENTS):
        page.get(address, {"show": "paid"})
    for number in range(2):
        booking = basket(event)
        under_way(booking)
        pay(booking, PRICE, f"more {number}")
    with django_assert_num_queries(LIST_STATEMENTS):
        page.get(address, {"show": "paid"})
