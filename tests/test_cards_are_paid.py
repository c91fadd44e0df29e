"""Web, worker and the server that stands in for Stripe, each as `make run` starts it: who pays has a ticket."""

import pytest
from django.utils import timezone

from bookings import operations as bookings
from local.stripe.webhooks import Endpoint
from payments.models import Payment, ProviderEvent, Refund
from payments.tests.carding import begun
from tests.serving import environment, serving
from tests.stripe_server import KEY, SECRET, environ_of, press
from tests.waiting import wait_for
from tests.working import working
from tickets.models import Ticket

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def stands(payment: Payment) -> tuple[str, str]:
    payment = Payment.objects.select_related("booking").get(pk=payment.pk)
    return payment.status, payment.booking.status


def test_a_webhook_alone_leads_to_a_ticket_and_a_cancellation_to_a_refund(cards, tmp_path):
    """Whoever pays and closes the window."""
    environ = environment(**environ_of(cards))
    with serving(environ) as web, working(tmp_path, **environ_of(cards)):
        cards.accounts[KEY] = Endpoint(f"{web.address}/webhooks/stripe", SECRET)
        payment = begun()
        press(payment.url, "pay")
        wait_for(lambda: stands(payment) == ("paid", "confirmed"), seconds=120)
        wait_for(lambda: Ticket.objects.filter(line__booking=payment.booking_id).exists(), seconds=120)
        assert ProviderEvent.objects.filter(payment=payment).exists()
        bookings.cancel(booking=payment.booking, now=timezone.now(), even_late=True)
        wait_for(lambda: Refund.objects.filter(payment=payment, status="done").exists(), seconds=120)
        assert [charge["refunded"] for charge in cards.all("charge")] == [True]


def test_without_webhooks_the_sweep_finds_what_was_paid(cards, tmp_path):
    payment = begun()
    press(payment.url, "pay")
    Payment.objects.update(check_at=timezone.now())  # or a minute later
    with working(tmp_path, **environ_of(cards)):
        wait_for(lambda: stands(payment) == ("paid", "confirmed"), seconds=120)
    assert not ProviderEvent.objects.exists()
