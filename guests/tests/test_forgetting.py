"""What is kept of guests goes with their account."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import operations as accounts
from accounts.models import Change
from accounts.operations.trail import ERASED
from bookings import operations as bookings
from bookings.models import Booking
from guests import operations
from guests.models import Job
from guests.operations import Sale
from tests.factories import make_booking, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def page(event) -> Client:
    client = Client()
    client.force_login(owner_of(event.organizer))
    return client


def test_what_was_searched_for_is_kept_nowhere(page, event):
    """Neither by the job nor in the trail: it is the name of somebody whose account may be closed one day."""
    make_booking(event, make_user("Ada Lovelace"))
    asked = {"show": "confirmed", "q": "lovelace"}
    for kind in ("csv", "xlsx"):
        page.get(reverse(f"guests:{kind}", args=[event.slug]), asked)
    act = {"act": "resend", "whom": "all", "confirmed": "1", "expected": "1", **asked}
    page.post(reverse("guests:act", args=[event.slug]), act)
    assert Job.objects.get().which == "Confirmed, found by a search"
    kept = str(list(Change.objects.values("label", "old", "new"))).lower()
    assert "found by a search" in kept and "lovelace" not in kept


def test_what_a_box_office_wrote_of_a_guest_goes_with_the_account_that_the_booking_went_to(event):
    eva = make_user("Eva", email="eva@example.org")
    sale = Sale([(event.ticket_types.get().pk, 1)], "Eva Maria", eva.email)
    operations.sell(event=event, sale=sale, by=owner_of(event.organizer), now=timezone.now())
    EmailAddress.objects.create(user=eva, email=eva.email, verified=True, primary=True)
    bookings.hand_over(user_id=str(eva.pk))
    assert "Eva Maria" in Change.objects.get(what="guest-booked").label
    accounts.close_account(user=eva, now=timezone.now())
    bookings.forget_customer(customer_id=eva.pk, now=timezone.now())
    assert Change.objects.get(what="guest-booked").label == ERASED
    assert Booking.objects.get().name == ""
