"""Push messages, as a push service and a browser see them."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from notifications.letter import Letter, Link
from notifications.models import Delivery, Device, Notice
from notifications.push import endpoints, sending, vapid
from notifications.push.message import MOST_BYTES, Message, message_of, topic_header
from notifications.push.sending import PushFailed, post
from outbox.errors import GiveUp, Later
from tests.push_service import TAKEN, Browser, claims_of, data, drip

HELLO = Message({"title": "Hello", "body": "There", "url": "/x", "tag": "t"}, topic="t")


def device(service) -> Device:
    return Device(**service.subscribe())


def answered(service, status: int, headers: dict[str, str] | None = None, body: bytes = b"no") -> Exception:
    """What a message ends with, when the service says this."""
    service.answers.append((status, headers or {}, body))
    with pytest.raises(Exception) as raised:
        post(device(service), HELLO)
    return raised.value


def test_a_message_arrives_encrypted_for_the_browser_alone(service):
    answer = post(device(service), HELLO)

    [pushed] = service.pushed
    assert pushed.content == HELLO.content
    assert pushed.headers["content-encoding"] == "aes128gcm"
    assert answer == "201 https://push.example.org/message/1"


def test_its_sender_can_be_told_by_the_token(service):
    post(device(service), HELLO)

    [pushed] = service.pushed
    assert pushed.claims["aud"] == service.origin
    assert pushed.claims["sub"] == "mailto:staff@example.org"
    assert 3600 < pushed.claims["exp"] - time.time() <= 24 * 3600
    assert f"k={vapid.public_key()}" in pushed.headers["authorization"]


def test_one_token_serves_many_messages_and_each_service_gets_its_own(push_on):
    first = vapid.authorization("https://one.example.org/a")
    assert vapid.authorization("https://one.example.org/b") == first
    assert claims_of(vapid.authorization("https://two.example.org/a"))["aud"] == "https://two.example.org"


def test_many_messages_take_one_connection(service):
    to = device(service)
    for _ in range(3):
        post(to, HELLO)
    assert (service.asked, service.connections) == (3, 1)


def test_the_service_is_told_how_long_how_urgent_and_what_it_replaces(service):
    post(device(service), Message(HELLO.content, topic="booking:1", ttl=90, urgent=True))
    headers = service.pushed[0].headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("90", "high", topic_header("booking:1"))


def test_a_topic_is_no_longer_than_services_take_and_gives_nothing_away():
    topic = topic_header("booking:0190")
    assert len(topic) == 32
    assert len(data(topic)) == 24
    assert topic != topic_header("booking:0191")


# --- What the service may answer ------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_said_to_be(status, service):
    error = answered(service, status)
    assert isinstance(error, sending.Unreachable)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), (None, 60), ("0", 1), ("86400", 3600), ("9" * 400, 3600), ("soon", 60)]
)
def test_a_busy_service_is_left_alone_for_as_long_as_it_asks(header, seconds, service):
    error = answered(service, 429, {"Retry-After": header} if header else {})
    assert isinstance(error, Later)
    assert error.after == timedelta(seconds=seconds)


def test_it_may_also_name_a_moment(service):
    moment = datetime.now(UTC) + timedelta(minutes=10)
    error = answered(service, 429, {"Retry-After": format_datetime(moment, usegmt=True)})
    assert isinstance(error, Later)
    assert timedelta(minutes=8) < error.after <= timedelta(minutes=10)


def test_a_service_that_is_down_for_a_while_says_how_long(service):
    assert isinstance(answered(service, 503, {"Retry-After": "30"}), Later)


@pytest.mark.parametrize("status", [400, 401, 403, 405])
def test_a_refusal_is_final(status, service):
    error = answered(service, status, body=b"VapidPkHashMismatch")
    assert isinstance(error, GiveUp)
    assert "VapidPkHashMismatch" in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status, service):
    error = answered(service, status, {"Location": f"{service.origin}/push/0"})
    assert isinstance(error, GiveUp)
    assert service.asked == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_what_may_pass_is_tried_again(status, service):
    assert isinstance(answered(service, status), PushFailed)


def test_a_message_that_is_too_large_is_sent_as_its_title(service):
    service.answers = [(413, {}, b""), TAKEN]
    post(device(service), HELLO)
    assert service.pushed[0].content == {"title": "Hello", "url": "/x", "tag": "t"}


def test_one_that_is_too_large_even_so_is_given_up(service):
    service.answers = [(413, {}, b"")] * 2
    with pytest.raises(GiveUp, match="413"):
        post(device(service), HELLO)


def test_only_the_beginning_of_an_answer_is_read(service):
    error = answered(service, 400, body=b"x" * 10_000_000)
    assert len(str(error)) < 1100


def test_a_service_that_is_away_is_tried_again(push_on):
    with pytest.raises(PushFailed):
        post(Device(endpoint="http://127.0.0.1:1/x", **keys()), HELLO)


def test_a_service_that_never_comes_to_an_end_is_left(service):
    service.answers = [drip]
    with pytest.raises(PushFailed):
        post(device(service), HELLO, altogether=0.5)


def test_a_service_within_our_network_is_never_asked(service, settings):
    settings.PUSH_PRIVATE_ENDPOINTS = False
    with pytest.raises(GiveUp, match="Not sent"):
        post(device(service), HELLO)
    assert service.asked == 0


def test_a_name_that_has_come_to_lead_into_our_network_is_not_asked(push_on, settings, monkeypatch):
    settings.PUSH_PRIVATE_ENDPOINTS = False
    monkeypatch.setattr(endpoints.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 443))])
    with pytest.raises(GiveUp, match="not on the internet"):
        post(Device(endpoint="https://push.example.org/x", **keys()), HELLO)


def test_without_a_key_nothing_is_sent(service, settings):
    settings.VAPID_PRIVATE_KEY = ""
    with pytest.raises(GiveUp, match="Push is off"):
        post(device(service), HELLO)


# --- What is said ---------------------------------------------------------------------------------


def letter(**changes) -> Letter:
    words = {"title": "Seats for you", "line": "Two seats are reserved.", "topic": "place:1"}
    return Letter(**{**words, "link": Link("Accept", "/waitlist/offer/x"), **changes})


def test_a_letter_says_what_it_is_and_where_it_leads():
    notice = Notice(kind="reminder_day")
    message = message_of(notice, letter(), now=timezone.now())
    assert message.content == {
        "id": str(notice.pk),
        "owner": "none",
        "kind": "reminder_day",
        "title": "Seats for you",
        "body": "Two seats are reserved.",
        "url": f"/notifications/{notice.pk}",
        "tag": "place:1",
    }
    assert (message.topic, message.ttl, message.urgent) == ("place:1", 86400, False)


def test_two_buttons_come_along(settings):
    settings.BASE_URL = "https://tickets.example.org"
    second = Link("Pass", "https://tickets.example.org/waitlist/offer/y")
    message = message_of(Notice(kind="offer"), letter(second=second), now=timezone.now())
    assert message.content["actions"] == [
        {"title": "Accept", "url": "/waitlist/offer/x"},
        {"title": "Pass", "url": "/waitlist/offer/y"},
    ]
    assert message.urgent


@pytest.mark.parametrize(("lasts", "ttl"), [(90, 90), (-5, 0), (90 * 86400, 28 * 86400)])
def test_the_service_keeps_it_for_as_long_as_it_is_of_use(lasts, ttl):
    now = timezone.now()
    notice = Notice(kind="offer", expires_at=now + timedelta(seconds=lasts))
    assert message_of(notice, letter(), now=now).ttl == ttl


@pytest.mark.parametrize("filler", ["x", "ü", "🎟", '"', "\n"])
def test_the_longest_letter_fits_and_keeps_its_title(filler, service):
    content = {"title": "Short", "body": filler * 4000, "url": "/x", "tag": "t"}
    message = Message(content, topic="t")
    post(device(service), message)
    [pushed] = service.pushed
    assert len(message.data) <= MOST_BYTES
    assert pushed.size <= 3072
    assert pushed.content["title"] == "Short"
    assert pushed.content["body"].startswith(filler)


def test_a_title_gives_way_last(service):
    content = {"title": "ü" * 4000, "body": "b", "actions": [{"title": "A", "url": "/"}], "url": "/x", "tag": "t"}
    post(device(service), Message(content, topic="t"))
    [pushed] = service.pushed
    assert set(pushed.content) == {"title", "url", "tag"}
    assert pushed.content["title"].endswith("ü…")


# --- Keys -----------------------------------------------------------------------------------------


def test_the_command_prints_lines_that_work(settings, capsys):
    call_command("generate_vapid_keys")
    lines = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert list(lines) == ["VAPID_PRIVATE_KEY", "VAPID_SUBJECT"]
    settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = lines.values()
    claims = claims_of(vapid.authorization("https://push.example.org/x"))
    assert claims["sub"] == lines["VAPID_SUBJECT"]
    assert len(data(vapid.public_key())) == 65


def test_each_key_is_another_one():
    assert vapid.new_private_key() != vapid.new_private_key()


@pytest.mark.parametrize("key", ["x", "ä", "AAAA", "A" * 43, "_" * 43, "!" * 43])
def test_a_key_that_is_none_is_named(key, settings):
    settings.VAPID_PRIVATE_KEY = key
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY"):
        vapid.public_key()


def test_a_site_does_not_start_with_a_key_or_a_subject_that_won_t_do(push_on, settings):
    vapid.check()
    settings.VAPID_SUBJECT = "https://tickets.example.org:8443"
    with pytest.raises(ImproperlyConfigured, match="VAPID_SUBJECT"):
        vapid.check()
    settings.VAPID_PRIVATE_KEY = "x"
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY"):
        vapid.check()
    settings.VAPID_PRIVATE_KEY = ""
    vapid.check()


def keys() -> dict[str, str]:
    browser = Browser()
    return {"p256dh": browser.p256dh, "auth": browser.auth}


def test_a_delivery_is_sent_to_its_device(service):
    to = device(service)
    notice = Notice(kind="offer")
    sending.send(Delivery(notice=notice, device=to), letter())
    assert service.pushed[0].content["id"] == str(notice.pk)
