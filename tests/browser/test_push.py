"""Being told on a device: asked for by a button, shown by the service worker, and leading to what it is about."""

import json
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from bookings.models import Booking
from notifications.models import Choice, Device, Notice
from notifications.operations import News, tell
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.browser.conftest import axe_findings
from tests.browser.waiting import wait_until
from tests.factories import make_booking, make_place, make_user
from tests.push_service import PRIVATE_KEY, push_service
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A browser without a push service of its own: only where it would ask one, it gets what one would say.
SUBSCRIBING = """
(({endpoint, p256dh, auth}) => {
  const made = {
    endpoint, options: {}, toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  };
  PushManager.prototype.subscribe = async () => { localStorage.setItem("subscribed", "yes"); return made; };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("subscribed") ? made : null);
})(%s)
"""
BUTTON = "Tell me on this device"


@pytest.fixture
def service(settings):
    settings.VAPID_PRIVATE_KEY = PRIVATE_KEY
    settings.PUSH_PRIVATE_ENDPOINTS = True
    with push_service() as running:
        yield running


def subscribing(service, permission: bool = True):
    """What makes a context one of such a browser, in which messages are allowed."""

    def prepare(context: BrowserContext) -> None:
        if permission:
            context.grant_permissions(["notifications"])
        context.add_init_script(SUBSCRIBING % json.dumps(service.subscribe()))

    return prepare


class Worker:
    """The page's service worker, and what is pushed to it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.script = page.evaluate("navigator.serviceWorker.ready.then((one) => one.active.scriptURL)")
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.registrations: list[str] = []
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.session.send("ServiceWorker.enable")
        wait_until(page, lambda: self.registrations)

    def _note(self, event: dict[str, Any]) -> None:
        self.registrations += [one["registrationId"] for one in event["registrations"]]

    def push(self, content: Any) -> None:
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.page.evaluate("location.origin"),
                "registrationId": self.registrations[0],
                "data": content if isinstance(content, str) else json.dumps(content),
            },
        )

    def shown(self) -> list[dict[str, Any]]:
        return self.page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((
                { title, body, tag, icon, badge, actions, data },
            ) => ({ title, body, tag, icon, badge, actions, data }))"""
        )

    def wait_for_titles(self, *titles: str) -> None:
        wait_until(self.page, lambda: sorted(one["title"] for one in self.shown()) == sorted(titles), self.shown)

    def click(self, action: str = "") -> None:
        """As a click on what is shown does, but for the right to open windows, which only a person's click gives."""
        [worker] = self.page.context.service_workers
        worker.evaluate(
            """async (action) => {
              const [notification] = await self.registration.getNotifications();
              const click = new NotificationEvent("notificationclick", { notification, action });
              click.waitUntil = () => {}; // it waits for real events alone
              self.dispatchEvent(click);
            }""",
            action,
        )


def test_after_a_booking_one_button_has_this_device_told_and_what_is_told_opens_the_right_page(open_page, service):
    ada = make_user("Ada")
    booking = make_booking(customer=ada)
    page = open_page(booking.get_absolute_url(), user=ada, worker=True, prepare=subscribing(service))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Done: you will be told on this device.")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    device = Device.objects.get(user=ada)
    assert device.label.startswith("Chrome on ")

    notice = tell_of(booking)
    wait_for(lambda: deliver_due("post") or service.pushed)
    worker = Worker(page)
    worker.push(service.pushed[0].content)
    worker.wait_for_titles(notice.title)
    worker.click()

    page.wait_for_url(f"**{notice.url}")
    assert Notice.objects.get(pk=notice.pk).read_at
    assert worker.shown() == []


def tell_of(booking: Booking) -> Notice:
    Message.objects.all().delete()
    Choice.objects.create(user=booking.customer, kind="booking_confirmed", channel="push", wanted=True)
    news = News("booking_confirmed", to=booking.customer_id, key=f"test:{booking.pk}", about=booking.pk)
    return tell([news], now=timezone.now())[0]


def test_the_button_goes_where_the_browser_is_told_already_and_stays_away_next_time(open_page, service):
    ada = make_user("Ada")
    booking = make_booking(customer=ada)
    page = open_page(booking.get_absolute_url(), user=ada, worker=True, prepare=subscribing(service))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Done: you will be told on this device.")).to_be_visible()

    page.reload()
    page.evaluate("navigator.serviceWorker.ready")
    expect(page.locator("push-button [data-when=ask]")).to_be_hidden()

    page.goto(page.url.split("/bookings/")[0] + "/notifications/preferences")
    expect(page.locator("#devices").get_by_text("This device", exact=True)).to_be_visible()
    expect(page.get_by_text("This device is told")).to_be_visible()


def test_a_waitlist_place_offers_it_too(open_page, service):
    place = make_place()
    page = open_page(place.get_absolute_url(), user=place.customer, worker=True, prepare=subscribing(service))
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


def test_who_blocks_messages_is_told_how_to_allow_them(open_page, service):
    ada = make_user("Ada")
    blocked = 'Object.defineProperty(Notification, "permission", { value: "denied" })'
    page = open_page(
        make_booking(customer=ada).get_absolute_url(),
        user=ada,
        worker=True,
        prepare=lambda context: context.add_init_script(blocked),
    )
    expect(page.get_by_text("This browser blocks messages from this site.")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()


def test_without_a_key_nobody_is_asked(open_page, settings):
    settings.VAPID_PRIVATE_KEY = ""
    ada = make_user("Ada")
    page = open_page(make_booking(customer=ada).get_absolute_url(), user=ada)
    assert page.locator("push-button").count() == 0


def test_no_page_asks_by_itself(open_page, service):
    ada = make_user("Ada")
    asked = "Notification.requestPermission = () => { window.asked = true; return Promise.resolve('default'); }"
    page = open_page(
        make_booking(customer=ada).get_absolute_url(),
        user=ada,
        worker=True,
        prepare=lambda context: context.add_init_script(asked),
    )
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert page.evaluate("window.asked") is None
    page.get_by_role("button", name=BUTTON).click()
    assert page.evaluate("window.asked")


def test_the_worker_shows_what_is_pushed_and_the_newest_of_a_topic_alone(open_page, service):
    page = open_page("/", worker=True, prepare=lambda context: context.grant_permissions(["notifications"]))
    worker = Worker(page)
    assert worker.script.endswith("/sw.js")

    worker.push({"title": "First", "body": "Words", "tag": "booking:1", "url": "/x", "owner": "none"})
    worker.wait_for_titles("First")
    [shown] = worker.shown()
    assert (shown["body"], shown["tag"], shown["data"]["url"]) == ("Words", "booking:1", "/x")
    assert "icon-192" in shown["icon"]
    assert "badge-96" in shown["badge"]

    worker.push({"title": "Second", "tag": "booking:1", "url": "/x"})
    worker.wait_for_titles("Second")
    worker.push({"title": "Other", "tag": "booking:2", "url": "/x"})
    worker.wait_for_titles("Other", "Second")


@pytest.mark.parametrize("nonsense", ["", "not json"])
def test_a_push_that_says_nothing_is_shown_all_the_same(open_page, nonsense):
    page = open_page("/", worker=True, prepare=lambda context: context.grant_permissions(["notifications"]))
    worker = Worker(page)
    worker.push(nonsense)
    worker.wait_for_titles("Evently")


def test_an_offer_has_two_buttons_which_lead_to_pages_of_this_site_alone(open_page, site):
    page = open_page("/", worker=True, prepare=lambda context: context.grant_permissions(["notifications"]))
    worker = Worker(page)
    actions = [{"title": "Accept", "url": "/offline?accept"}, {"title": "Pass", "url": "https://evil.example/"}]
    worker.push({"title": "Seats", "url": "/", "actions": actions})
    worker.wait_for_titles("Seats")
    buttons = [(one["action"], one["title"]) for one in worker.shown()[0]["actions"]]
    assert buttons == [("0", "Accept"), ("1", "Pass")]

    worker.click("0")
    page.wait_for_url("**/offline?accept")
    worker.wait_for_titles()
    worker.push({"title": "More seats", "url": "/offline", "actions": actions})
    worker.wait_for_titles("More seats")
    worker.click("1")
    page.wait_for_url(site + "/")


def test_a_new_address_of_the_browser_s_push_service_is_told_to_us(open_page, service):
    ada = make_user("Ada")
    booking = make_booking(customer=ada)
    page = open_page(booking.get_absolute_url(), user=ada, worker=True, prepare=subscribing(service))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Done: you will be told on this device.")).to_be_visible()
    old, new = Device.objects.get(), service.subscribe()

    [worker] = page.context.service_workers
    worker.evaluate(
        """({ old, fresh }) => {
          const change = new ExtendableEvent("pushsubscriptionchange");
          change.waitUntil = () => {};
          change.oldSubscription = { endpoint: old };
          const keys = { p256dh: fresh.p256dh, auth: fresh.auth };
          change.newSubscription = { toJSON: () => ({ endpoint: fresh.endpoint, keys }) };
          self.dispatchEvent(change);
        }""",
        {"old": old.endpoint, "fresh": new},
    )

    wait_until(page, lambda: list(Device.objects.values_list("endpoint", flat=True)) == [new["endpoint"]])
    assert Device.objects.get().user == ada


def test_the_devices_are_listed_tested_and_removed_by_keyboard_and_without_findings(open_page, service):
    ada = make_user("Ada")
    page = open_page("/notifications/devices", user=ada, worker=True, prepare=subscribing(service))
    page.get_by_role("button", name=BUTTON).press("Enter")
    expect(page.get_by_text("This device is told")).to_be_visible()
    assert axe_findings(page) == []

    page.get_by_role("button", name="Send a test").press("Enter")
    expect(page.get_by_text("shows it in a moment")).to_be_visible()
    assert service.pushed[0].content["title"] == "It works"
    expect(page.get_by_text("Last reached")).to_be_visible()
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("There is none yet.")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert not Device.objects.exists()
