import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db

LIST = reverse("admin:bookings_booking_changelist")


@pytest.fixture
def staff(client):
    client.force_login(make_user("Sam", is_staff=True, is_superuser=True))
    return client


def found(client, words: str) -> list[Booking]:
    return list(client.get(LIST, {"q": words}).context["cl"].result_list)


def test_staff_find_a_booking_by_its_reference_however_typed(staff):
    booking, _other = make_booking(), make_booking()
    typed = f"{booking.reference[:5]}-{booking.reference[5:]}".lower().replace("0", "o")

    assert found(staff, typed) == [booking]


def test_staff_find_bookings_by_the_customers_address(staff):
    booking, _other = make_booking(), make_booking()

    assert found(staff, booking.customer.email) == [booking]


@pytest.mark.parametrize("words", ["\u2603", "%_'\"", "x" * 3000, "a\tb"])
def test_searching_for_anything_answers(staff, words):
    assert found(staff, words) == []


def test_the_action_cancels_by_the_operation_and_says_what_was_refused(staff):
    booking, cancelled = make_booking(quantity=2), make_booking()
    operations.cancel(booking=cancelled, now=timezone.now())

    page = staff.post(
        LIST, {"action": "cancel", "_selected_action": [booking.pk, cancelled.pk]}, follow=True
    ).content.decode()

    booking.refresh_from_db()
    assert (booking.status, operations.audit_inventory()) == ("cancelled", [])
    assert "1 cancelled, and their seats given back." in page
    assert f"{cancelled.reference}: This booking is cancelled already." in page


def test_nothing_about_a_booking_can_be_edited(staff):
    booking = make_booking()
    url = reverse("admin:bookings_booking_change", args=[booking.pk])

    assert staff.get(url).status_code == 200
    assert staff.post(url, {"status": "expired", "total": 0}).status_code == 403
    assert staff.get(reverse("admin:bookings_booking_add")).status_code == 403
    assert staff.post(reverse("admin:bookings_booking_delete", args=[booking.pk])).status_code == 403


def test_the_list_takes_the_same_queries_however_many(staff):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            make_booking()
        with CaptureQueriesContext(connection) as queries:
            staff.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_customers_are_not_let_in(client):
    client.force_login(make_user())

    assert client.get(LIST).status_code == 302
