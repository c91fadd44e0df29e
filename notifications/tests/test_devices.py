"""The browsers one is told on: on the list, off it, and whose they are."""

from datetime import timedelta

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import operations as accounts
from core.errors import Invalid
from core.live.messages import session_digest
from notifications.errors import PushIsOff
from notifications.models import Choice, Delivery, Device
from notifications.operations import News, deliver, tell
from notifications.operations.devices import MOST, register
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import PASSWORD, make_booking, make_user
from tests.push_service import TAKEN

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"


def add(user, service, **more) -> Device:
    return register(user_id=user.pk, label="Chrome on Android", now=timezone.now(), **service.subscribe(), **more)


def sign_in(user) -> Client:
    client = Client(headers={"User-Agent": CHROME, "Sec-Fetch-Site": "same-origin"})
    client.force_login(user, backend=site.AUTHENTICATION_BACKENDS[0])
    return client


def subscribe(client: Client, service, **more) -> Device:
    response = client.post("/notifications/devices", {**service.subscribe(), **more})
    assert response.status_code == 201, response.content
    return Device.objects.get(pk=response.json()["id"])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Operations -----------------------------------------------------------------------------------


def test_a_browser_that_comes_again_is_the_same_device_with_its_newest_keys(service):
    user, subscription, newer = make_user(), service.subscribe(), service.subscribe()
    first = register(user_id=user.pk, label="", now=timezone.now(), **subscription)
    keys = {"p256dh": newer["p256dh"], "auth": newer["auth"]}
    again = register(user_id=user.pk, label="New", now=timezone.now(), **{**subscription, **keys})
    assert again.pk == first.pk
    assert Device.objects.values_list("p256dh", "label").get() == (newer["p256dh"], "New")


def test_who_signs_in_on_the_same_browser_takes_it_over_without_what_was_on_its_way(service):
    ada, bob, subscription = make_user("Ada"), make_user("Bob"), service.subscribe()
    register(user_id=ada.pk, label="", now=timezone.now(), **subscription)
    delivery = told(ada)

    register(user_id=bob.pk, label="", now=timezone.now(), **subscription)
    deliver(delivery_id=delivery.pk)

    assert Device.objects.get().user == bob
    assert service.pushed == []
    assert Delivery.objects.get(pk=delivery.pk).answer == "The device was removed."


def test_the_eleventh_device_takes_the_place_of_the_one_unreached_for_longest(service):
    user, now = make_user(), timezone.now()
    devices = [add(user, service) for _ in range(MOST)]
    for days, device in enumerate(devices):
        Device.objects.filter(pk=device.pk).update(reached_at=now - timedelta(days=days + 1))
    eleventh = add(user, service)
    assert set(Device.objects.values_list("pk", flat=True)) == {eleventh.pk, *(one.pk for one in devices[:-1])}


def test_a_browser_with_a_new_address_replaces_its_old_one_but_nobody_else_s(service):
    ada, bob = make_user("Ada"), make_user("Bob")
    hers, his = add(ada, service), add(bob, service)
    add(ada, service, instead_of=hers.endpoint)
    add(ada, service, instead_of=his.endpoint)
    assert not Device.objects.filter(pk=hers.pk).exists()
    assert Device.objects.filter(pk=his.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "https://[::1]/x"),
        ("endpoint", ""),
        ("endpoint", "https://push.example.org/\x00"),
        ("p256dh", ""),
        ("p256dh", "AAAA"),
        ("p256dh", "B" + "A" * 86),
        ("p256dh", "ü" * 87),
        ("p256dh", "A" * 100_000),
        ("auth", ""),
        ("auth", "A" * 21),
        ("auth", "A" * 23),
        ("auth", "!" * 22),
        ("auth", "\ud800" * 22),
    ],
)
def test_what_no_browser_would_say_is_refused_by_name(field, value, service, settings):
    settings.PUSH_PRIVATE_ENDPOINTS = field != "endpoint"
    with pytest.raises(Invalid) as refusal:
        register(user_id=make_user().pk, label="", now=timezone.now(), **{**service.subscribe(), field: value})
    assert list(refusal.value.errors) == [field]
    assert not Device.objects.exists()


def test_where_push_is_off_nobody_is_registered(service, settings):
    settings.VAPID_PRIVATE_KEY = ""
    with pytest.raises(PushIsOff):
        add(make_user(), service)


# --- Deliveries -----------------------------------------------------------------------------------


def told(user) -> Delivery:
    """A push to somebody's only device, on its way."""
    booking = make_booking(customer=user)
    Message.objects.all().delete()
    Choice.objects.create(user=user, kind="booking_confirmed", channel="push", wanted=True)
    tell([News("booking_confirmed", to=user.pk, key=f"test:{booking.pk}", about=booking.pk)], now=timezone.now())
    return Delivery.objects.get(channel="push")


def test_what_is_told_reaches_the_device_once(service):
    user = make_user()
    device = add(user, service)
    delivery = told(user)

    deliver_due("post")
    deliver(delivery_id=delivery.pk)

    [pushed] = service.pushed
    delivery.refresh_from_db()
    assert pushed.content["url"] == delivery.notice.get_absolute_url()
    assert (delivery.status, delivery.answer) == (Delivery.Status.SENT, "201 https://push.example.org/message/1")
    assert Device.objects.get(pk=device.pk).reached_at


def test_a_device_that_is_gone_is_removed_and_nothing_is_tried_again(service):
    user = make_user()
    add(user, service)
    delivery = told(user)
    service.answers = [(410, {}, b"")]

    deliver_due("post")

    delivery.refresh_from_db()
    assert (delivery.status, delivery.answer) == (
        Delivery.Status.DROPPED,
        "The device is gone: its push service answered 410.",
    )
    assert not Device.objects.exists()
    assert set(Message.objects.filter(fact="letter_due").values_list("status", flat=True)) == {Message.Status.DONE}


def test_a_busy_service_gets_it_later_and_a_final_refusal_ends_it(service):
    user = make_user()
    add(user, service)
    delivery = told(user)
    service.answers = [(429, {"Retry-After": "600"}, b"slow down")]
    push = Message.objects.filter(payload__delivery_id=str(delivery.pk))

    deliver_due("post")
    waiting = push.get()
    assert waiting.status == Message.Status.PENDING
    assert waiting.available_at > timezone.now() + timedelta(minutes=8)

    push.update(available_at=timezone.now())
    service.answers = [(403, {}, b"who are you")]
    deliver_due("post")

    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED
    assert "who are you" in delivery.answer


# --- Pages ----------------------------------------------------------------------------------------


def test_a_page_s_subscription_is_registered_for_its_session(service):
    client = sign_in(user := make_user())
    device = subscribe(client, service)
    assert (device.user, device.label) == (user, "Chrome on Android")
    assert device.session == session_digest(client.session.session_key)
    assert client.get("/notifications/devices/known").json() == {"devices": [device.digest]}


def test_signing_out_removes_its_device_alone(service):
    user = make_user()
    phone, desk = sign_in(user), sign_in(user)
    gone, kept = subscribe(phone, service), subscribe(desk, service)
    phone.post("/account/logout/")
    assert list(Device.objects.all()) == [kept]
    assert gone.pk != kept.pk


def test_a_new_password_removes_the_devices_of_all_other_sessions(service):
    user = make_user()
    phone, desk = sign_in(user), sign_in(user)
    subscribe(phone, service)
    kept = subscribe(desk, service)
    new = "another long enough secret"
    response = desk.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 302
    assert list(Device.objects.all()) == [kept]
    desk.post("/account/logout/")
    assert not Device.objects.exists()


def test_a_closed_account_is_told_nothing_anywhere(service):
    user = make_user()
    add(user, service)
    accounts.close_account(user=user, now=timezone.now())
    deliver_due("facts")
    assert not Device.objects.exists()


def test_the_page_lists_one_s_own_devices(service):
    client, other = sign_in(make_user()), make_user("Bob")
    assert "There is none yet." in client.get("/notifications/devices").content.decode()
    device = subscribe(client, service)
    add(other, service)
    page = client.get("/notifications/devices").content.decode()
    assert page.count("data-device=") == 1
    assert device.digest in page
    assert device.endpoint not in page
    assert "not reached yet" in page


def test_the_list_costs_the_same_however_long_it_is(service):
    client = sign_in(user := make_user())

    def queries() -> int:
        with CaptureQueriesContext(connection) as queried:
            client.get("/notifications/devices")
        return len(queried)

    add(user, service)
    one = queries()
    for _ in range(3):
        add(user, service)
    assert queries() == one == 4


def test_a_test_message_says_whether_it_arrived(service):
    client = sign_in(make_user())
    device = subscribe(client, service)
    service.answers = [TAKEN, (403, {}, b""), (410, {}, b"")]
    taken, refused, gone = (client.post(f"/notifications/devices/{device.pk}/test", follow=True) for _ in range(3))
    assert service.pushed[0].content["title"] == "It works"
    assert said(taken) == ["Sent. Chrome on Android shows it in a moment, unless it is off or set to silent."]
    assert said(refused) == ["The push service of Chrome on Android did not take the message."]
    assert said(gone) == ["Chrome on Android does not take messages any more, and was removed."]
    assert not Device.objects.exists()


def test_devices_are_removed_by_their_owner_alone(service):
    client, device = sign_in(make_user()), add(make_user("Bob"), service)
    for door in ("remove", "test"):
        assert client.post(f"/notifications/devices/{device.pk}/{door}").status_code == 404
    mine = subscribe(client, service)
    response = client.post(f"/notifications/devices/{mine.pk}/remove", {"next": "//evil.example"}, follow=True)
    assert response.redirect_chain == [("/notifications/devices", 302)]
    assert said(response) == ["Chrome on Android is told nothing more."]
    assert list(Device.objects.all()) == [device]


def test_strangers_are_asked_to_sign_in():
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/notifications/devices").status_code == 302
    assert client.get("/notifications/devices/known").status_code == 302
    refused = client.post("/notifications/devices", {})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Sign in first."


def test_another_site_s_page_can_t_have_a_visitor_told(service):
    client = sign_in(make_user())
    response = client.post("/notifications/devices", service.subscribe(), headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert not Device.objects.exists()


def test_a_bad_subscription_is_refused_in_words(push_on):
    client = sign_in(make_user())
    response = client.post("/notifications/devices", {"endpoint": "x", "p256dh": "x", "auth": "x"})
    assert response.status_code == 400
    assert "p256dh" in response.json()["errors"]


def test_a_site_without_a_key_offers_nothing(settings):
    settings.VAPID_PRIVATE_KEY = ""
    page = sign_in(make_user()).get("/notifications/devices").content.decode()
    assert "push-button" not in page.split("</head>")[1]
    assert "This site sends no messages to devices." in page
