"""The front page of the admin."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from core.facts import Lane
from core.ids import first_id_of, new_id
from outbox.models import Message
from payments.models import Payment, Receipt, Refund
from payments.tests.paying import under_way
from tests.factories import make_booking, make_event, make_hold, make_place, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("Root", is_staff=True, is_superuser=True))


def said(page: Client) -> dict[str, str]:
    """What each figure says, by its label."""
    context = page.get("/admin/").context
    return {one.label: one.value for one in [*context["figures"], *context["troubles"]]}


def test_a_new_platform_has_zeros_and_nothing_to_look_at(staff):
    answer = staff.get("/admin/")
    assert "Nothing: all that was to be sent was sent" in answer.content.decode()
    assert said(staff) == {
        "Bookings in 24 hours": "0",
        "Seats in baskets": "0",
        "Events on sale": "0",
        "Waiting in line": "0",
        "New accounts in 24 hours": "1",
    }


def test_what_was_brought_in_from_elsewhere_is_not_new(staff):
    old = make_booking()
    Booking.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=30))
    assert said(staff)["Bookings in 24 hours"] == "0"


def test_figures_are_those_of_the_rows(staff):
    event = make_event(capacity=100)
    make_booking(event, quantity=2)
    make_hold(event, quantity=3)
    make_booking(full := make_event(capacity=1))
    make_place(full)
    payment = under_way()
    Receipt.objects.create(payment=payment, amount=payment.amount, currency=payment.currency, reference="4711")
    figures = said(staff)
    assert figures["Bookings in 24 hours"] == "2"
    assert figures["Seats in baskets"] == f"{3 + payment.booking.quantity}"
    assert figures["Events on sale"] == "3"
    assert figures["Waiting in line"] == "1"
    assert figures["Came in in 24 hours"] == payment.amount_label


def test_what_somebody_has_to_look_at_leads_to_its_rows(staff):
    payment = under_way()
    Payment.objects.update(disputed_at=timezone.now(), received=payment.amount, refunded=payment.amount)
    Refund.objects.create(payment=payment, amount=payment.amount, kind=Refund.Kind.HAND, status=Refund.Status.FAILED)
    Message.objects.create(
        fact="no_such_fact",
        status=Message.Status.DEAD,
        lane=Lane.POST,
        available_at=timezone.now(),
        created_at=timezone.now(),
    )
    answer = staff.get("/admin/")
    troubles = {one.label: one for one in answer.context["troubles"]}
    assert set(troubles) == {"Given up: post", "Refunds that failed", "Disputed payments"}
    for one in troubles.values():
        assert one.value == "1"
        rows = staff.get(one.url)
        assert rows.status_code == 200
        assert rows.context["cl"].result_count == 1


def test_staff_see_figures_of_what_they_may_look_at():
    clerk = make_user("Clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_event"))
    assert set(said(signed_in(clerk))) == {"Events on sale"}


@pytest.mark.parametrize("number", [0, 3])
def test_it_takes_the_same_queries_however_much_there_is(staff, django_assert_num_queries, number):
    event = make_event(capacity=100)
    for _ in range(number):
        make_booking(event)
    with django_assert_num_queries(15):
        staff.get("/admin/")


def test_ids_of_a_moment_part_before_from_after():
    before = new_id()
    now = timezone.now() + timedelta(milliseconds=1)
    assert before < first_id_of(now) < first_id_of(now + timedelta(milliseconds=1))
    assert first_id_of(now).version == 7


OURS = [
    model for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR for model in app.get_models()
]
INLINE = {inline.model for one in admin.site._registry.values() for inline in one.inlines}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_of_ours_is_in_the_admin(model):
    assert model in admin.site._registry or model in INLINE
