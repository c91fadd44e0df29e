"""Web and worker are killed at marked points between a customer's card and their ticket, and between a cancellation and
the money that comes back. They start again, and everything ends as if nothing had happened: one page, one charge, one
receipt, one booking, one refund."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from local.services import throwaway_valkey
from local.stripe.server import StripeServer
from outbox.models import Message
from payments import operations
from payments.models import Payment, Receipt, Refund
from payments.tests.paying import paid_event
from tests.factories import make_hold, make_user
from tests.serving import Web, environment, free_port, serving
from tests.stripe_server import environ_of, stripe_server
from tests.waiting import wait_for
from tests.working import Worker, working
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TOKEN = "a" * 32  # of a form and its cookie
MONEY = [
    "payment_to_check",
    "refund_to_send",
    "bulk_refund_to_send",
    "refund_to_check",
    "booking_confirmed",
    "booking_cancelled",
]


@dataclass(frozen=True)
class Mark:
    """Which process dies, and where: before or after that function."""

    process: str
    when: str
    where: str

    @property
    def environ(self) -> dict[str, str]:
        return {"DIE_AT": f"payments.operations.{self.where}", "DIE_WHEN": self.when}

    def __str__(self) -> str:
        return f"{self.process}-{self.when}-{self.where}"


BUYING = [
    Mark("web", "after", "starting._write"),  # the payment is written, and its provider not asked
    Mark("web", "before", "checking._write_started"),  # the provider has a page, and we don't know where
    Mark("web", "after", "checking._write_started"),  # nobody has told the customer
    Mark("web", "before", "hear"),  # the customer has paid, and the webhook is lost
    Mark("web", "after", "hear"),  # the webhook is written down, and the provider will repeat it
    Mark("worker", "before", "checking.settle"),  # the provider has answered
    Mark("worker", "after", "settling.follow"),  # everything is done but the commit
    Mark("worker", "after", "checking.settle"),  # it is committed, and the message not marked
]
REFUNDING = [
    Mark("worker", "after", "settle_up"),  # the refund is written, but for the commit
    Mark("worker", "before", "send"),  # nothing is sent
    Mark("worker", "before", "refunding.conclude"),  # the provider has paid back, and we don't know
    Mark("worker", "after", "refunding.conclude"),  # we do, and the message is not marked
]
RETURNING = Mark("web", "after", "checking.settle")  # the return page was faster than any webhook
SWEEPING = Mark("worker", "after", "clock._ask_about")  # no webhook comes
RESCUING = Mark("worker", "after", "settling.begin_rescue")  # the choice is written, but for the commit


@dataclass
class Shop:
    """An installation with somebody in front of it who keeps pressing the button, and starts again what has died."""

    cards: StripeServer
    web: Web
    worker: Worker
    died: Path
    customer: Client

    def until(self, condition: Callable[[], object]) -> None:
        """Return once it holds. Whatever is dead by then lives again."""
        wait_for(lambda: self._start_what_died() or condition(), seconds=90, every=0.1)

    def press(self, page: str, booking: Booking, **form: str) -> str:
        """Send a form, or without one open a page, until there is an answer: where it leads."""
        answers: list[tuple[int, str]] = []

        def answered() -> bool:
            answers.extend(self._ask(reverse(page, args=[booking.pk]), form))
            return bool(answers)

        self.until(answered)
        status, leads_to = answers[0]
        assert status in (200, 302)
        return leads_to

    def _ask(self, path: str, form: dict[str, str]) -> list[tuple[int, str]]:
        """The answer, if there is one: the status, and where it leads."""
        connection = http.client.HTTPConnection(self.web.environ["HOST"], int(self.web.environ["PORT"]), timeout=30)
        session = self.customer.cookies[settings.SESSION_COOKIE_NAME].value
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"}
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form}) if form else None
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        with closing(connection):
            try:
                connection.request("POST" if form else "GET", path, body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return []  # it has died over it
            return [(answer.status, answer.getheader("Location", ""))]

    def _start_what_died(self) -> None:
        for process in (self.web, self.worker):
            if process.is_dead:
                process.start()


@contextmanager
def open_shop(mark: Mark, folder: Path) -> Iterator[Shop]:
    """Everything runs, and one process will die at its mark."""
    died, port = folder / "died", free_port()
    dying = {**mark.environ, "DIED": str(died)}
    with ExitStack() as stack:
        valkey = stack.enter_context(throwaway_valkey())
        address = f"http://127.0.0.1:{port}/webhooks/stripe"
        cards = stack.enter_context(stripe_server(folder, webhooks_to=address))
        environ = {"REDIS_URL": valkey.url, **environ_of(cards)}
        die_in_web = mark.process == "web"
        web = serving(
            environment(**environ, **(dying if die_in_web else {}), PORT=str(port)),
            **({"entry": "tests.dying.web:application"} if die_in_web else {}),
        )
        worker = working(
            folder,
            **environ,
            **({} if die_in_web else {"app": "tests.dying.worker", **dying}),
        )
        yield Shop(cards, stack.enter_context(web), stack.enter_context(worker), died, Client())


def begin_to_pay(shop: Shop, **changes) -> Booking:
    """A basket for whose one seat the customer is at the provider's page."""
    ada = make_user("Ada")
    shop.customer.force_login(ada)
    booking = make_hold(paid_event("card", **changes), ada)
    page = shop.press("payments:checkout", booking, name="Ada", email="ada@example.org", method="card")
    assert page == Payment.objects.get().url
    assert page.startswith(shop.cards.url)
    return booking


def pay_at_the_provider(shop: Shop) -> None:
    shop.cards.pay(Payment.objects.get().provider_id)


def cancel_and_get_it_back(shop: Shop, booking: Booking) -> None:
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    shop.until(lambda: Refund.objects.filter(status=Refund.Status.DONE).exists())


def assert_it_all_happened_once(shop: Shop, *, booked: int = 1) -> None:
    shop.until(lambda: not Message.objects.filter(status="pending", fact__in=MONEY).exists())
    assert shop.died.exists()
    kinds = ("checkout.session", "charge", "refund")
    assert [len(shop.cards.all(kind)) for kind in kinds] == [1, 1, 1]
    assert [model.objects.count() for model in (Payment, Receipt, Refund)] == [1, 1, 1]
    payment = Payment.objects.get()
    assert payment.received == payment.refunded == shop.cards.all("charge")[0]["amount_refunded"] > 0
    assert Message.objects.filter(fact="booking_confirmed").count() == booked
    assert bookings.audit_inventory() == []
    assert operations.audit_money(now=timezone.now() + timedelta(hours=1)) == []


@pytest.mark.parametrize("mark", [*BUYING, *REFUNDING, RETURNING], ids=str)
def test_whatever_dies_the_customer_has_the_ticket_and_then_the_money_and_each_once(mark, tmp_path):
    with open_shop(mark, tmp_path) as shop:
        shop.cards.store.webhooks = mark is not RETURNING
        booking = begin_to_pay(shop)
        pay_at_the_provider(shop)
        if mark is RETURNING:
            shop.press("payments:paid", booking)
        shop.until(lambda: Ticket.objects.filter(booking=booking).exists())
        cancel_and_get_it_back(shop, booking)
        assert_it_all_happened_once(shop)


def test_a_worker_that_dies_in_the_sweep_sweeps_again(tmp_path):
    with open_shop(SWEEPING, tmp_path) as shop:
        shop.cards.store.webhooks = False
        booking = begin_to_pay(shop)
        pay_at_the_provider(shop)
        Payment.objects.update(check_at=timezone.now())
        shop.until(shop.died.exists)
        Payment.objects.update(check_at=timezone.now())
        shop.until(lambda: Ticket.objects.filter(booking=booking).exists())
        cancel_and_get_it_back(shop, booking)
        assert_it_all_happened_once(shop)


def test_a_worker_that_dies_in_a_rescue_leaves_the_choice_or_nothing(tmp_path):
    with open_shop(RESCUING, tmp_path) as shop:
        booking = begin_to_pay(shop, capacity=1)
        bookings.expire(booking=booking, now=timezone.now() + timedelta(hours=1))
        make_hold(booking.event)
        pay_at_the_provider(shop)
        shop.until(lambda: booking.rescues.filter(status="asked").exists())
        shop.press("payments:late", booking, choice="refund")
        shop.until(lambda: Refund.objects.filter(status=Refund.Status.DONE).exists())
        assert_it_all_happened_once(shop, booked=0)
