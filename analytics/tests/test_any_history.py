"""Any history: whatever happens, whenever, and in whatever order it is counted, each figure is what rows say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from analytics import operations
from analytics.figures.period import Period, Step
from analytics.figures.present import present
from analytics.figures.reading import Figures, counted_days, read
from analytics.figures.scope import Scope
from analytics.figures.sums import Sum
from analytics.models import MEASURES, Slot, Stale
from analytics.tests.slowly import Slow
from bookings import operations as bookings
from bookings.models import Booking
from core import sightings
from core.errors import DomainError
from events import operations as events
from events.models import Event, PromoCode
from events.operations import PromoCodeInput, TicketTypeInput
from payments.models import Payment, Receipt, Refund
from tests.factories import make_event, make_team, make_user, owner_of
from tickets import operations as tickets
from tickets.models import Ticket
from waitlist import operations as line
from waitlist.models import Entry

# The clocks go back in Lisbon on 25 October and in New York on 1 November; in Kathmandu, UTC+5:45, never.
T0 = datetime(2026, 10, 22, 18, 0, tzinfo=UTC)
DAYS = 12
ZONES = ["Europe/Lisbon", "America/New_York", "Asia/Kathmandu"]
STEPS = [
    "book", "book", "book", "hold", "hold", "confirm", "give back", "lapse", "lapse", "cancel", "cancel", "cancel some",
    "join", "join", "leave", "accept", "pass up", "admit", "admit", "undo", "receive", "refund", "see", "refuse",
    "move", "move", "count", "count",
]  # fmt: skip

moments = st.integers(0, DAYS * 24 * 60 * 60).map(lambda seconds: T0 + timedelta(seconds=seconds))
numbers = st.integers(0, 1000)
histories = st.lists(st.tuples(st.sampled_from(STEPS), moments, numbers, numbers), min_size=45, max_size=80)


class World:
    """Three events of two teams, in three zones and two currencies, and five people."""

    def __init__(self) -> None:
        self.people = [make_user() for _ in range(5)]
        self.teams = [make_team(), make_team()]
        self.events = [
            self._event(self.teams[0], "Europe/Lisbon", "EUR", capacity=12, waitlist_order="fill"),
            self._event(self.teams[0], "Asia/Kathmandu", "JPY", capacity=6, category="sports"),
            self._event(self.teams[1], "America/New_York", "EUR", capacity=5),
        ]
        code = PromoCodeInput("EARLY", kind=PromoCode.Kind.PERCENT, percent=Decimal(20))
        events.create_code(event=self.events[0], data=code, by=owner_of(self.teams[0]), now=T0)

    def _event(self, team, zone, currency, **terms) -> Event:
        kinds = [TicketTypeInput("Seat", price=Decimal(10)), TicketTypeInput("Box", price=Decimal(25), capacity=3)]
        starts = T0 + timedelta(days=9, hours=3)
        more = {"timezone": zone, "currency": currency, "ticket_types": kinds, "cancellation_hours": 0} | terms
        return make_event(team, now=T0, starts_at=starts, ends_at=starts + timedelta(days=4), **more)

    def do(self, step: str, at: datetime, a: int, b: int) -> None:
        """One step of a history; what is refused has not happened."""
        event = self.events[a % 3]
        try:
            with transaction.atomic():
                getattr(self, step.replace(" ", "_"))(event, at, a, b)
        except DomainError:
            pass

    def _request(self, event: Event, a: int, b: int) -> bookings.Request:
        kinds = list(event.ticket_types.order_by("position", "id"))
        items = [(kinds[b % 2].pk, 1 + b % 3)] + ([(kinds[1 - b % 2].pk, 1)] if b % 5 == 0 else [])
        code = "EARLY" if event == self.events[0] and b % 4 == 0 else ""
        return bookings.Request(event.pk, items, code=code)

    def book(self, event, at, a, b):
        bookings.book(request=self._request(event, a, b), customer_id=self.people[b % 5].pk, now=at)

    def hold(self, event, at, a, b):
        bookings.hold(request=self._request(event, a, b), customer_id=self.people[b % 5].pk, now=at)

    def confirm(self, event, at, a, b):
        if basket := self._one(Booking.objects.pending(), b):
            bookings.confirm(booking=basket, now=min(at, basket.hold_expires_at - timedelta(seconds=1)))

    def give_back(self, event, at, a, b):
        if basket := self._one(Booking.objects.pending(), b):
            bookings.give_back(booking=basket, now=at)

    def lapse(self, event, at, a, b):
        bookings.release_lapsed(now=at)

    def cancel(self, event, at, a, b):
        if booking := self._one(Booking.objects.live(), b):
            bookings.cancel(booking=booking, now=at, even_late=True)

    def cancel_some(self, event, at, a, b):
        if booking := self._one(Booking.objects.confirmed(), b):
            first = booking.lines.order_by("-quantity", "id").first()
            bookings.cancel_seats(booking=booking, numbers={first.pk: first.numbers[: 1 + b % 2]}, now=at)

    def join(self, event, at, a, b):
        kind = event.ticket_types.order_by("position")[0].pk if b % 3 == 0 else None
        line.join(event_id=event.pk, customer_id=self.people[b % 5].pk, quantity=1 + b % 3, now=at, ticket_type_id=kind)

    def leave(self, event, at, a, b):
        if entry := self._one(Entry.objects.live(), b):
            line.leave(entry=entry, now=at)

    def accept(self, event, at, a, b):
        if entry := self._one(Entry.objects.offered(), b):
            bookings.accept(entry=entry, now=min(at, entry.offer_expires_at - timedelta(seconds=1)))

    def pass_up(self, event, at, a, b):
        if entry := self._one(Entry.objects.offered(), b):
            line.pass_up(entry=entry, now=at)

    def admit(self, event, at, a, b):
        for booking in Booking.objects.confirmed().filter(event=event):
            tickets.issue(booking_id=booking.pk)
        if ticket := self._one(Ticket.objects.for_door().filter(booking__event=event, checked_in_at=None), b):
            tickets.check_in_ticket(ticket=ticket, by=owner_of(event.organizer), now=at)

    def undo(self, event, at, a, b):
        if ticket := self._one(Ticket.objects.for_door().checked_in(), b):
            tickets.undo_check_in(ticket=ticket, by=owner_of(ticket.booking.event.organizer), now=at)

    def receive(self, event, at, a, b):
        if booking := self._one(Booking.objects.exclude(total=0), b):
            payment = Payment.objects.create(
                booking=booking, method="card", provider="none", amount=booking.total, currency=booking.currency,
                status="paid", received=booking.total, created_at=at,
            )  # fmt: skip
            Receipt.objects.create(
                payment=payment, amount=booking.total, currency=booking.currency, reference=str(payment.pk), at=at
            )

    def refund(self, event, at, a, b):
        if payment := self._one(Payment.objects.with_money(), b):
            amount = 1 + b % payment.left
            Payment.objects.filter(pk=payment.pk).update(refunded=payment.refunded + amount)
            Refund.objects.create(payment=payment, amount=amount, kind="hand", created_at=at)

    def see(self, event, at, a, b):
        self._sight(at, "view", event.slug, "", 1 + b % 7)

    def refuse(self, event, at, a, b):
        self._sight(at, "refused", str(event.pk), str(event.ticket_types.order_by("position")[b % 2].pk), 1 + b % 4)

    def _sight(self, at, what, about, part, number):
        quarter = int(at.timestamp()) // sightings.QUARTER * sightings.QUARTER
        sightings.redis().hincrby(sightings.KEY, f"{quarter}|{what}|{about}|{part}", number)
        operations.bring(now=at)

    def move(self, event, at, a, b):
        """Its start: everything that was cancelled was cancelled earlier, or later, before it."""
        starts = T0 + timedelta(days=(9, 45, 10)[b % 3], hours=b % 24)
        Event.objects.filter(pk=event.pk).update(starts_at=starts, ends_at=starts + timedelta(days=4))

    def count(self, event, at, a, b):
        """Some of what is stale."""
        operations.sweep(most=1 + b % 5)

    def _one(self, found, b):
        rows = list(found.order_by("pk"))
        return rows[b % len(rows)] if rows else None


def told(one: Sum) -> dict[tuple[str, str], int]:
    """By part and measure, what is not nothing."""
    found = {("", name): number for name, number in one.counts.items()}
    for currency, amounts in one.money.items():
        for name in ("sold", "undone", "received", "refunded"):
            found[currency, name] = getattr(amounts, name)
    return {key: number for key, number in found.items() if number}


def without_types(sums: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {key: number for key, number in sums.items() if len(key[0]) < 4}


def check(scope: Scope, of: list[Event], period: Period, now: datetime) -> None:
    slow = Slow(of, period.zone)
    days = counted_days(scope, period.zone)
    figures = read(scope, period, now=now, began=days[0] if days else None)
    assert figures.as_of == now
    assert told(figures.total) == without_types(slow.sums(period.first, period.last))
    assert told(figures.before) == without_types(slow.sums(period.before.first, period.before.last))
    check_columns(figures, slow, period)
    check_types(figures, slow, period)
    check_tops(figures, slow, period)
    now_is = present(scope, period, now)
    expected = slow.present(now, period.start, period.end, alone=scope.event is not None)
    assert {name: getattr(now_is, name) for name in expected if name != "worth"} | {
        "worth": {one.currency: one.sold for one in now_is.worth}
    } == expected


def check_columns(figures: Figures, slow: Slow, period: Period) -> None:
    ends = [column.begins for column in figures.columns[1:]] + [period.last + timedelta(days=1)]
    assert figures.columns[0].begins <= period.first
    for column, end in zip(figures.columns, ends, strict=True):
        first, last = max(column.begins, period.first), end - timedelta(days=1)
        assert told(column) == without_types(slow.sums(first, last))
        assert column.queue == slow.queue(last)


def check_types(figures: Figures, slow: Slow, period: Period) -> None:
    sums = slow.sums(period.first, period.last)
    for one in figures.types:
        for name in ("tickets", "lost", "sold", "undone", "refused"):
            assert getattr(one, name) == sums.get((str(one.ticket_type.pk), name), 0)


def check_tops(figures: Figures, slow: Slow, period: Period) -> None:
    if figures.scope.event:
        return

    def ranked(name_of):
        return slow.ranked(period.first, period.last, name_of)

    assert {one.slug: (one.tickets, one.bookings) for one in figures.categories} == ranked(lambda event: event.category)
    assert {one.slug: (one.tickets, one.bookings) for one in figures.events} == ranked(lambda event: event.slug)
    assert {one.name: (one.tickets, one.bookings) for one in figures.places} == ranked(lambda event: event.place)


HAPPENED: set[str] = set()
# What random histories may leave out: cancelled hours before the start, and days.
CANCELLED_LATE = [
    ("book", T0, 0, 2),
    ("book", T0, 0, 6),
    ("cancel", T0 + timedelta(days=6), 0, 0),
    ("cancel", T0 + timedelta(days=9), 0, 0),
]
PERIODS = st.tuples(st.integers(-3, DAYS), st.integers(0, DAYS + 3) | st.sampled_from([125, 900]))


@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(histories, PERIODS)
@example(CANCELLED_LATE, (0, DAYS))
def check_history(history, days):
    sightings.redis().delete(sightings.KEY)
    with transaction.atomic():
        world = World()
        for step, at, a, b in history:
            world.do(step, at, a, b)
        operations.sweep_all()
        assert not Stale.objects.exists()
        all_events = list(Event.objects.select_related("inventory", "venue"))
        now = T0 + timedelta(days=DAYS)
        first = T0.date() + timedelta(days=days[0])
        for name in ZONES:
            period = Period(first, first + timedelta(days=days[1]), ZoneInfo(name))
            check(Scope.of_platform(), all_events, period, now)
            for team in world.teams:
                mine = [one for one in all_events if one.organizer_id == team.pk]
                check(Scope.of_team(team), mine, period, now)
            for event in all_events:
                check(Scope.of_event(event), [event], period, now)
        assert operations.audit() == []
        HAPPENED.update(name for name in MEASURES if Slot.objects.exclude(**{name: 0}).exists())
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_figure_is_what_the_rows_say():
    HAPPENED.clear()
    check_history()
    assert set(MEASURES) == HAPPENED  # a history in which a figure stays nothing says nothing about it


def test_days_have_as_many_hours_as_their_people_live():
    lisbon = ZoneInfo("Europe/Lisbon")
    back, forth = Period(date(2026, 10, 25), date(2026, 10, 25), lisbon), date(2026, 3, 29)
    assert back.end - back.start == timedelta(hours=25)
    assert Period(forth, forth, lisbon).end - Period(forth, forth, lisbon).start == timedelta(hours=23)
    cairo = Period(date(2026, 4, 24), date(2026, 4, 24), ZoneInfo("Africa/Cairo"))  # there is no midnight that day
    assert cairo.end - cairo.start == timedelta(hours=23)
    assert cairo.start.astimezone(cairo.zone).date() == cairo.first


@pytest.mark.parametrize(("days", "step"), [(1, Step.DAY), (120, Step.DAY), (121, Step.WEEK), (900, Step.MONTH)])
def test_long_periods_are_drawn_in_coarser_steps_that_leave_no_day_out(days, step):
    period = Period(date(2026, 1, 14), date(2026, 1, 14) + timedelta(days=days - 1), ZoneInfo("UTC"))
    steps = period.steps()
    assert period.step == step
    assert steps == sorted(set(steps))
    assert steps[0] <= period.first
    assert steps[-1] <= period.last
