"""The API's doors to devices."""

import pytest
from django.utils import timezone

from core.live.messages import session_digest
from notifications.models import Device
from notifications.operations.devices import register
from notifications.push import vapid
from outbox.tasks import deliver_due
from tests.api import Api, assert_problem, unknown_id
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
DEVICES = "/api/notifications/devices"


def subscription(service) -> dict[str, object]:
    made = service.subscribe()
    return {
        "endpoint": made["endpoint"],
        "expirationTime": None,
        "keys": {"p256dh": made["p256dh"], "auth": made["auth"]},
    }


def test_a_program_subscribes_is_listed_and_leaves(service):
    api = Api(ada := make_user("Ada"))
    added = api.send(
        "POST",
        DEVICES,
        subscription(service),
        User_Agent="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    )
    assert added.status_code == 201
    assert {**added.json(), "id": "", "created_at": ""} == {
        "id": "",
        "label": "Firefox on Android",
        "created_at": "",
        "reached_at": None,
    }
    assert api.send("GET", DEVICES).json() == {"results": [added.json()]}
    assert Device.objects.get().user == ada

    assert api.send("DELETE", f"{DEVICES}/{added.json()['id']}").status_code == 204
    assert api.send("GET", DEVICES).json() == {"results": []}


def test_the_key_to_subscribe_with(push_on, settings):
    api = Api(make_user())
    assert api.send("GET", "/api/notifications/push-key").json() == {"public_key": vapid.public_key()}
    settings.VAPID_PRIVATE_KEY = ""
    assert api.send("GET", "/api/notifications/push-key").json() == {"public_key": None}


def test_where_push_is_off_nobody_is_added(service, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert_problem(Api(make_user()).send("POST", DEVICES, subscription(service)), 409, "push-is-off")


def test_what_is_no_subscription_is_refused_by_name(service, settings):
    api, good = Api(make_user()), subscription(service)
    assert_problem(api.send("POST", DEVICES, {}), 400, "invalid", "endpoint", "keys")
    assert_problem(api.send("POST", DEVICES, {**good, "keys": {}}), 400, "invalid", "keys.auth", "keys.p256dh")
    bad = {**good, "keys": {"p256dh": "x", "auth": "x"}}
    assert_problem(api.send("POST", DEVICES, bad), 400, "invalid", "keys.p256dh")
    settings.PUSH_PRIVATE_ENDPOINTS = False
    assert_problem(api.send("POST", DEVICES, good), 400, "invalid", "endpoint")
    assert not Device.objects.exists()


def test_devices_are_their_owner_s_alone(service):
    bob = make_user("Bob")
    his = register(user_id=bob.pk, label="", now=timezone.now(), **service.subscribe())
    api = Api(make_user("Ada"))
    assert api.send("GET", DEVICES).json() == {"results": []}
    for device in (his.pk, unknown_id()):
        assert_problem(api.send("DELETE", f"{DEVICES}/{device}"), 404, "not-found")
    assert_problem(Api().send("GET", DEVICES), 401, "not-authenticated")
    assert Device.objects.get() == his


def test_signing_out_takes_the_session_s_device_along(service):
    user = make_user()
    signed_in = Api().send("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD}).json()
    api = Api()
    api.token = signed_in["access"]
    device = Device.objects.get(pk=api.send("POST", DEVICES, subscription(service)).json()["id"])
    kept = register(user_id=user.pk, label="", session=session_digest("x"), now=timezone.now(), **service.subscribe())
    assert device.session

    assert api.send("POST", "/api/auth/logout", {}).status_code == 204
    deliver_due("facts")

    assert list(Device.objects.all()) == [kept]
