"""Tickets that were used at the door, on the pages that cancel tickets: shown, and not to be chosen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.factories import make_booking, make_event, make_user, owner_of, signed_in
from tickets import operations as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def use(booking, *numbers) -> None:
    tickets.issue(booking_id=booking.pk)
    Ticket.objects.filter(booking=booking, number__in=numbers).update(checked_in_at=timezone.now())


@pytest.fixture
def three():
    return make_booking(make_event(), make_user("Ada"), 3)


def cancel_page(booking) -> str:
    return reverse("bookings:cancel", args=[booking.pk])


def test_a_guest_is_asked_which_of_those_that_are_left_and_sees_which_was_used(three):
    use(three, 2)
    answer = signed_in(three.customer).get(cancel_page(three))
    page = answer.content.decode()
    assert [(one.label, one.used) for one in answer.context["tickets"]] == [
        ("Admission, no. 1", False), ("Admission, no. 2", True), ("Admission, no. 3", False),
    ]  # fmt: skip
    assert "Which tickets do you give back?" in page and page.count("Used at the door") == 1
    assert page.count(" disabled><span>Admission, no. 2") == 1


def test_the_others_are_given_back_and_all_of_them_are_refused_with_the_reason(three):
    use(three, 2)
    page, line = signed_in(three.customer), three.lines.get().pk
    refused = page.post(cancel_page(three), {"confirmed": "1"})
    assert refused.status_code == 409
    assert "A ticket was used at the door" in refused.content.decode()
    assert Booking.objects.get().quantity == 3
    page.post(cancel_page(three), {"confirmed": "1", "tickets": [f"{line}:1", f"{line}:3"]})
    assert Booking.objects.get().quantity == 1


@pytest.mark.parametrize(("numbers", "title"), [([1], "Your ticket was"), ([1, 2], "All your tickets were")])
def test_where_all_were_used_there_is_nothing_to_cancel(numbers, title):
    booking = make_booking(make_event(), make_user("Ada"), len(numbers))
    use(booking, *numbers)
    page = signed_in(booking.customer).get(cancel_page(booking)).content.decode()
    assert "There is nothing to cancel" in page and f"{title} used at the door" in page
    assert 'name="confirmed"' not in page


def test_an_organiser_chooses_among_those_that_are_left():
    booking = basket(paid_event("transfer"), 2, make_user("Paula"))
    under_way(booking)
    Booking.objects.filter(pk=booking.pk).update(status="confirmed", paid_by="money")
    use(booking, 1)
    url = reverse("money:tickets", args=[booking.event.slug, booking.pk])
    page, line = signed_in(owner_of(booking.event.organizer)), booking.lines.get().pk
    answer = page.get(url)
    assert [value for value, _ in answer.context["form"].fields["tickets"].choices] == [f"{line}-2"]
    assert "Used at the door" in answer.content.decode() and "ticket 1 · €12.50" in answer.content.decode()
    refused = page.post(url, {"tickets": [f"{line}-1"], "reason": "x", "expected": str(PRICE)})
    assert refused.status_code == 422
    assert "cancelled or used already" in refused.content.decode()
