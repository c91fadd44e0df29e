"""Random histories of money: whatever happens, in whatever order and however often, it adds up after each step; and
once all is delivered, nobody has paid without a booking, a choice or their money back, and the provider's books are
ours."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import operations as bookings
from bookings.models import Booking
from core.errors import DomainError
from core.facts import Lane
from events import operations as events
from events.models import Event
from events.operations import TicketTypeInput
from local.stripe.server import StripeServer
from outbox.models import Message
from outbox.operations import deliver_some
from payments import operations
from payments.models import Account, Payment, Refund, Rescue
from payments.providers.stripe import calls
from payments.providers.stripe.amounts import from_stripe
from payments.tests.carding import hear
from tests.factories import make_event, make_team, make_user, owner_of
from tests.histories import histories

METHODS = ["card", "transfer", "door"]
PEOPLE = 3
LATER = timedelta(hours=3)
picks = st.integers(0, 99)
parts = st.integers(0, 1)
goes_on = st.sampled_from(["", "pays", "pays", "late"])
ways = st.sampled_from(["card", "card", "card", "transfer", "door", "none"])


class Till(RuleBasedStateMachine):
    """Three people, two events: one with two seats in euros, never paid at the door, and one in a currency that has no
    decimals here and two at the provider."""

    cards: StripeServer

    def __init__(self):
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.now = timezone.now()
        self.people = [make_user() for _ in range(PEOPLE)]
        self.events = [
            self.event(2, "EUR", "12.50", ["card", "transfer"]),
            self.event(4, "UGX", "40000", METHODS),
        ]
        self.bookings: list[Booking] = []
        self.sent, self.failed = len(self.cards.messages()), len(self.cards.messages("refund.failed"))
        self.by_hand = Counter[str]()  # what people have booked in, by currency
        self.staff = owner_of(self.events[0].organizer)

    def event(self, capacity: int, currency: str, price: str, methods: list[str]) -> Event:
        team = make_team()
        types = [TicketTypeInput("Seat", price=Decimal(price))]
        Account.objects.create(team=team, bank_holder="Team", bank_account="PT50 0002 0123 1234 5678 9015 4")
        return make_event(
            team, capacity=capacity, currency=currency, ticket_types=types, payment_methods=methods, max_per_person=None
        )

    def teardown(self):
        """Bring everything to its end, look, and start from nothing."""
        try:
            self.all_comes_to_its_end()
        finally:
            self.cards.faults.clear()
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    def booking(self, pick: int) -> Booking:
        return Booking.objects.select_related("event__organizer").get(pk=self.bookings[pick % len(self.bookings)].pk)

    def pick(self, found: Any, pick: int) -> Any:
        """One of these, if there are any."""
        return (all_of := list(found)) and all_of[pick % len(all_of)]

    def ask(self, operation: Callable[..., Any], **call: Any) -> Any:
        """What it did, or None where it was refused in the customer's words; anything else is a mistake."""
        try:
            return operation(**call)
        except DomainError:
            return None

    # What customers do

    @initialize(first=ways, second=ways, pays=goes_on)
    def two_have_begun(self, first, second, pays):
        self.take_seats(which=0, person=0, quantity=1, method=first, then=pays)
        self.take_seats(which=1, person=1, quantity=2, method=second, then="")

    @rule(which=parts, person=st.integers(0, PEOPLE - 1), quantity=st.integers(1, 2), method=ways, then=goes_on)
    def take_seats(self, which, person, quantity, method, then):
        """And begin to pay, perhaps, and perhaps too late."""
        request = bookings.Request(self.events[which].pk, quantity=quantity)
        booking = self.ask(bookings.hold, request=request, customer_id=self.people[person].pk, now=self.now)
        if booking is None:
            return
        self.bookings.append(booking)
        paid = self.ask(operations.pay, booking=booking, method=method, now=self.now)
        if then == "late":
            bookings.expire(booking=booking, now=self.now + timedelta(days=8))
            for seats in (2, 1):  # somebody else has them by then, as far as they go
                self.take_seats(which=which, person=(person + 1) % PEOPLE, quantity=seats, method="none", then="")
        if then and isinstance(paid, Payment) and paid.provider_id:
            self.cards.pay(paid.provider_id)
            if then == "late":
                operations.check_all(booking=booking, now=self.now)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks, method=ways, name=st.sampled_from(["", "Ada"]))
    def pay(self, pick, method, name):
        """Again, by something else, or with other details."""
        email = "ada@example.org" if name else ""
        self.ask(operations.pay, booking=self.booking(pick), method=method, now=self.now, name=name, email=email)

    @rule(pick=picks, button=st.sampled_from(["pay", "pay", "pay", "slow", "wrong", "decline", "abandon"]))
    def press(self, pick, button):
        """On a page of the provider's that somebody has open, whatever has become of the payment since."""
        pages = Payment.objects.filter(provider="stripe").exclude(provider_id="").order_by("id")
        name = self.pick(pages.values_list("provider_id", flat=True), pick)
        if name and button == "wrong":
            self.pay_something_else(name)
        elif name and button in ("pay", "slow"):
            self.cards.pay(name, at_once=button == "pay")
        elif name and button == "decline":
            self.cards.decline(name)
        elif name and self.cards.session(name)["status"] == "open":
            self.cards.expire(name)

    def pay_something_else(self, name: str) -> None:
        if self.cards.session(name)["status"] == "open":
            intent = self.cards.pay(name)["payment_intent"]
            charge = next(one for one in self.cards.all("charge") if one["payment_intent"] == intent)
            amount = charge["amount"] + 100
            self.cards.change(intent, amount=amount, amount_received=amount)
            self.cards.change(charge["id"], amount=amount)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks, part=st.sampled_from([0.5, 1, 1, 1.5]), reference=st.sampled_from(["1", "2", "3"]))
    def money_is_seen(self, pick, part, reference):
        """At the bank or at the door: some of it, all, or more. What was booked in before is not booked in again."""
        booking = self.booking(pick)
        amount = int(booking.total * part)
        call = {"booking_id": booking.pk, "amount": amount, "reference": reference, "by": self.staff, "now": self.now}
        if self.ask(operations.take_in, **call):
            self.by_hand[booking.currency] += amount

    @precondition(lambda self: self.bookings)
    @rule(pick=picks, part=st.sampled_from([0.25, 0.5, 1]))
    def staff_give_some_back(self, pick, part):
        booking = self.booking(pick)
        call = {"amount": int(booking.total * part), "reason": "Rain", "by": self.staff, "now": self.now}
        self.ask(operations.refund_by_hand, booking_id=booking.pk, **call)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks, by_staff=st.booleans())
    def one_ticket_is_cancelled(self, pick, by_staff):
        booking = self.booking(pick)
        line = booking.lines.get()
        call = {"numbers": {line.pk: line.numbers[:1]}, "now": self.now}
        if by_staff:
            self.ask(operations.cancel_tickets, booking_id=booking.pk, reason="Ill", by=self.staff, **call)
        else:
            self.ask(bookings.cancel_seats, booking=booking, **call)

    @rule(pick=picks, anew=st.booleans())
    def staff_see_to_refunds(self, pick, anew):
        """Of money that people move, and of what the provider could not do."""
        if refund := self.pick(Refund.objects.exclude(status="done").order_by("id"), pick):
            operation = operations.send_anew if anew else operations.mark_paid_back
            self.ask(operation, refund_id=refund.pk, note="", by=self.staff, now=self.now)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks, how=st.sampled_from(["customer", "staff", "basket"]))
    def call_off(self, pick, how):
        booking = self.booking(pick)
        if how == "basket":
            self.ask(bookings.give_back, booking=booking, now=self.now)
        else:
            self.ask(bookings.cancel, booking=booking, now=self.now, even_late=how == "staff")

    @precondition(lambda self: Rescue.objects.exists())
    @rule(pick=picks, wait=st.booleans())
    def choose(self, pick, wait):
        """What is to become of money that came too late."""
        booking = self.pick(Rescue.objects.order_by("id"), pick).booking
        if wait:
            self.ask(operations.wait_in_line, booking=booking, now=self.now)
        else:
            self.ask(operations.take_money_back, booking_id=booking.pk, now=self.now)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks)
    def ask_for_more_time(self, pick):
        self.ask(bookings.extend, booking=self.booking(pick), now=self.now)

    @precondition(lambda self: self.bookings)
    @rule(pick=picks)
    def come_back_from_the_page(self, pick):
        operations.check_all(booking=self.booking(pick), now=self.now)

    # What the world does

    @rule(pick=picks, times=st.integers(1, 3), forged=st.booleans())
    def webhook(self, pick, times, forged):
        """Any, in any order, as often as it likes."""
        if message := self.pick(self.cards.messages()[self.sent :], pick):
            before = Message.objects.count()
            if forged:
                assert hear(self.cards, message, body=message.body + b" ") == 400
                assert hear(self.cards, message, signature=self.cards.signature(message, at=1)) == 400
                assert Message.objects.count() == before
            else:
                assert [hear(self.cards, message) for _ in range(times)] == [204] * times
                assert Message.objects.count() <= before + 1

    @rule(fault=st.sampled_from(["down", "lost", "html", "empty", "cut"]), times=st.integers(1, 3))
    def provider_fails(self, fault, times):
        self.cards.faults.plan(fault, times=times)

    @rule(arrived=st.booleans())
    def slow_money_comes(self, arrived):
        slow = {one["id"] for one in self.cards.all("payment_intent") if one["status"] == "processing"}
        ours = set(Payment.objects.filter(provider="stripe").values_list("provider_id", flat=True))
        for session in self.cards.all("checkout.session"):
            if session["payment_intent"] in slow and session["id"] in ours:
                self.cards.clear(session["id"], arrived=arrived)

    @rule()
    def refund_comes_back(self):
        """One that was made fails at the customer's bank."""
        if refund := Refund.objects.filter(status="done").exclude(provider_id="").first():
            self.cards.settle(refund.provider_id, "failed")

    @rule(minutes=st.sampled_from([1, 5, 16]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def baskets_lapse(self):
        bookings.release_lapsed(now=self.now)

    @rule(days=st.sampled_from([0, 0, 3]))
    def sweep(self, days):
        operations.look_at_the_clock(now=self.now + timedelta(days=days))

    @rule(lanes=st.lists(st.sampled_from(list(Lane)), min_size=1, max_size=6))
    def deliver(self, lanes):
        for lane in lanes:
            deliver_some(lane=lane, now=timezone.now() + LATER)

    @precondition(lambda self: len(self.bookings) > 3)
    @rule()
    def event_is_cancelled(self):
        event = Event.objects.get(pk=self.events[1].pk)
        by = owner_of(event.organizer)
        self.ask(events.cancel_event, event=event, version=event.version, by=by, now=self.now)

    # What must be so

    @invariant()
    def all_seats_and_all_money_add_up(self):
        assert bookings.audit_inventory() == []
        assert operations.audit_commits() == []

    def all_comes_to_its_end(self):
        """The provider is well again, and workers and sweeps have their time. Of webhooks those alone come that nothing
        replaces: a bank has sent a refund back."""
        self.cards.faults.clear()
        self.slow_money_comes(True)
        bookings.release_lapsed(now=self.now + timedelta(days=8))
        self.deliver_all()
        for message in self.cards.messages("refund.failed")[self.failed :]:
            hear(self.cards, message)
        for days in (8, 9):
            operations.look_at_the_clock(now=self.now + timedelta(days=days))
            self.deliver_all()
        assert operations.audit_money(now=self.now + timedelta(days=10)) == []
        assert bookings.audit_inventory() == []
        self.the_provider_s_books_are_ours()
        self.what_came_and_did_not_go_is_what_bookings_say()

    def deliver_all(self):
        waits = Message.objects.filter(status="pending")
        for _ in range(200):
            for lane in Lane:
                deliver_some(lane=lane, now=timezone.now() + LATER)
            if not waits.exists():
                return
        raise AssertionError([f"{one.fact}: {one.last_error}" for one in waits])

    def the_provider_s_books_are_ours(self):
        ours = {payment.provider_id: payment for payment in Payment.objects.filter(provider="stripe")}
        theirs = {one["id"]: one for one in self.cards.all("checkout.session") if one["id"] in ours}
        charges = {one["payment_intent"]: one for one in self.cards.all("charge")}
        for name, session in theirs.items():
            payment, charge = ours[name], charges.get(session["payment_intent"])
            assert session["status"] != "open"  # nobody can pay for what is not to be had any more
            assert payment.received == (from_stripe(charge["amount"], payment.currency) if charge else 0)
            gone = from_stripe(charge["amount_refunded"], payment.currency) if charge else 0
            by_others = payment.refunds.filter(Q(status="failed") | Q(by_hand=True))
            assert payment.refunded == gone + sum(refund.amount for refund in by_others)

    def what_came_and_did_not_go_is_what_bookings_say(self):
        kept, said = Counter(self.by_hand), Counter[str]()
        for payment in Payment.objects.filter(provider="stripe"):
            kept[payment.currency] += payment.received
        for refund in Refund.objects.select_related("payment"):
            kept[refund.payment.currency] -= refund.amount
        for booking in Booking.objects.all():
            assert booking.status != Booking.Status.PENDING
            if booking.paid_by == Booking.PaidBy.DOOR:  # a part may have come by transfer before
                said[booking.currency] += sum(payment.left for payment in booking.payments.all())
            elif booking.status == Booking.Status.CONFIRMED:
                said[booking.currency] += booking.total + booking.adjustment
            else:
                said[booking.currency] += booking.adjustment
        assert +kept == +said


@pytest.mark.django_db
def test_any_history_of_money_adds_up(cards, monkeypatch):
    monkeypatch.setattr(calls, "AGAIN_FOR", 0)  # a worker's next attempt comes at once here
    monkeypatch.setattr(Till, "cards", cards, raising=False)
    run_state_machine_as_test(
        Till,
        settings=histories(40, 30),
    )
