import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.models import Message
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LEDGER = reverse("admin:outbox_message_changelist")
GIVEN_UP = reverse("admin:outbox_deadmessage_changelist")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("Root", is_staff=True, is_superuser=True))
    return client


def make_message(status: str, **values) -> Message:
    now = timezone.now()
    values = {"fact": "booking_confirmed", "attempts": 12, **values}
    return Message.objects.create(status=status, available_at=now, created_at=now, **values)


def shown(page) -> list[Message]:
    return list(page.context["cl"].queryset.order_by("pk"))


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def detail(message: Message, page: str = "change") -> str:
    return reverse(f"admin:outbox_deadmessage_{page}", args=[message.pk])


def test_what_was_given_up_has_a_list_of_its_own_with_the_reason(staff):
    dead = make_message("dead", lane="post", last_error="550 no such mailbox")
    make_message("pending")
    make_message("done")
    page = staff.get(GIVEN_UP)
    assert [message.pk for message in shown(page)] == [dead.pk]
    assert "550 no such mailbox" in page.content.decode()


def test_the_ledger_is_filtered_by_lane_and_fact(staff):
    post, bulk = make_message("done", lane="post"), make_message("done", lane="bulk", fact="mail_requested")
    assert shown(staff.get(LEDGER, {"lane__exact": "post"})) == [post]
    assert shown(staff.get(LEDGER, {"fact": "mail_requested"})) == [bulk]


def test_the_chosen_ones_are_delivered_again(staff):
    chosen = [make_message("dead"), make_message("dead"), make_message("pending", attempts=3)]
    sent = {"action": "resend", "_selected_action": [message.pk for message in chosen]}
    assert said(staff.post(LEDGER, sent, follow=True)) == [
        "2 made due again.",
        "1 left alone: under way, or private and delivered.",
    ]
    assert sorted(Message.objects.values_list("status", "attempts")) == [("pending", 0), ("pending", 0), ("pending", 3)]


def test_one_is_delivered_again_from_its_page_and_only_when_that_is_confirmed(staff):
    message = make_message("dead")
    assert "Deliver again" in staff.get(detail(message)).content.decode()
    path = reverse("admin:outbox_deadmessage_resend_this", args=[message.pk])
    assert staff.get(path).status_code == 200
    message.refresh_from_db()
    assert message.status == "dead"
    assert said(staff.post(path, {"_form_submitted": "on"}, follow=True)) == ["1 made due again."]
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("pending", 0)


def test_the_dialog_leads_back_to_the_message(staff):
    message = make_message("dead")
    path = reverse("admin:outbox_deadmessage_resend_this", args=[message.pk])
    answer = staff.post(path, {"_form_submitted": "on"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("admin:outbox_message_change", args=[message.pk])


@pytest.mark.parametrize("pk", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_one_that_is_not_there_is_not_found(staff, pk):
    path = f"/admin/outbox/deadmessage/{pk}/deliver-again/"
    assert staff.post(path, {"_form_submitted": "on"}).status_code == 404


def test_staff_who_may_only_look_cannot_have_anything_delivered():
    sam = make_user("Sam", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename__in=["view_deadmessage", "view_message"]))
    client, message = Client(), make_message("dead")
    client.force_login(sam)
    assert client.get(detail(message)).status_code == 200
    path = reverse("admin:outbox_deadmessage_resend_this", args=[message.pk])
    assert client.post(path, {"_form_submitted": "on"}).status_code == 403
    client.post(GIVEN_UP, {"action": "resend", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert message.status == "dead"


def test_a_private_payload_is_not_shown(staff):
    secret = make_message("dead", fact="mail_requested", payload={"text": "https://example.org/reset/abc"})
    open_one = make_message("dead", payload={"booking_id": "123"})
    assert "reset/abc" not in staff.get(detail(secret)).content.decode()
    assert "booking_id" in staff.get(detail(open_one)).content.decode()
