"""What platform staff do about money."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.sealed import seal
from outbox.models import Message
from payments import operations
from payments.models import Account, MoneyAct, Payment, Refund
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("Root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def card():
    """A payment by card that is paid, with a refund that has failed."""
    booking = make_booking(paid_event("door"))
    same = {"booking": booking, "method": "card", "provider": "stripe", "currency": "EUR"}
    payment = Payment.objects.create(
        amount=PRICE, received=PRICE, refunded=500, status="paid", provider_id="cs_1", **same
    )
    Refund.objects.create(
        payment=payment, amount=500, status="failed", kind="hand", provider_id="re_1", error="Card closed"
    )
    return payment


def act(staff, model: str, action: str, row):
    address = reverse(f"admin:payments_{model}_changelist")
    return staff.post(address, {"action": action, "_selected_action": [str(row.pk)]}, follow=True)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_failed_refund_is_sent_anew_once(staff, card):
    refund = Refund.objects.get()
    assert said(act(staff, "refund", "send_anew", refund)) == ["1 sent anew."]
    refund.refresh_from_db()
    assert (refund.status, refund.attempt, refund.provider_id) == ("due", 2, "")
    assert MoneyAct.objects.get().note == "Attempt 2; the one before: Card closed"
    assert said(act(staff, "refund", "send_anew", refund)) == ["This refund is to be paid back: it is not sent anew."]
    assert Message.objects.filter(fact="refund_to_send").count() == 1


def test_a_provider_is_asked_again_where_there_is_one(staff, card):
    transfer = under_way(basket(paid_event("transfer")))
    assert said(act(staff, "payment", "ask_again", card)) == ["1 to be asked about, in a moment."]
    assert said(act(staff, "payment", "ask_again", transfer)) == ["1 left alone: nobody to ask."]
    assert Message.objects.get(fact="payment_to_check").payload == {"payment_id": str(card.pk)}


def test_a_refund_that_was_paid_back_by_hand_is_not_asked_about_any_more(card):
    refund = Refund.objects.get()
    operations.mark_paid_back(refund_id=refund.pk, note="Cash", by=make_user(), now=timezone.now())
    operations.check_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    assert (refund.status, refund.by_hand) == ("done", True)


def test_secrets_are_not_shown(staff):
    account = paid_event().organizer.payment_account
    Account.objects.update(stripe_key=seal("sk_test_51Hdesk0000x7Qa"))
    text = staff.get(reverse("admin:payments_account_change", args=[account.pk])).content.decode()
    account.refresh_from_db()
    assert "x7Qa" not in text and account.stripe_key not in text
    assert account.bank_account in text


@pytest.mark.parametrize("model", ["payment", "refund", "receipt", "rescue", "account", "moneyact", "providerevent"])
def test_nothing_is_edited_added_or_deleted_there(staff, card, model):
    assert staff.get(reverse(f"admin:payments_{model}_add")).status_code == 403
    if model in ("payment", "refund"):
        row = card if model == "payment" else Refund.objects.get()
        assert staff.get(reverse(f"admin:payments_{model}_change", args=[row.pk])).status_code == 200
        assert (
            staff.post(reverse(f"admin:payments_{model}_change", args=[row.pk]), {"status": "done"}).status_code == 403
        )
        assert staff.post(reverse(f"admin:payments_{model}_delete", args=[row.pk])).status_code == 403
