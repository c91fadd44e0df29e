"""The sample is loaded once for all tests here, inside a transaction that is rolled back."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Q, Sum
from django.test import override_settings
from django.utils import timezone

from accounts.models import Membership, Team, User
from analytics.models import Level, Slot, Span
from analytics.operations import audit, sweep_all
from bookings.models import Booking
from bookings.operations import audit_inventory
from core import money
from events.availability import State, availability_of
from events.models import Category, Event, Movement, TicketType
from outbox.models import Message
from payments.models import Payment
from payments.operations import audit_money
from sample.load import load
from sample.people import LOGINS, PASSWORD
from tickets.models import Ticket
from waitlist.models import Entry

pytestmark = pytest.mark.django_db

COUNTED = [User, Team, Membership, EmailAddress, Event, TicketType, Booking, Entry, Ticket, Movement, Message]


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker, tmp_path_factory):
    """The moment of a fresh load."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with media, django_db_blocker.unblock(), transaction.atomic():
        now = timezone.now()
        load(now=now)
        yield now
        transaction.set_rollback(True)


def run() -> str:
    out = StringIO()
    call_command("load_sample_data", stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def states(now) -> dict[str, State]:
    return {event.slug: availability_of(event, now).state for event in Event.objects.with_all()}


def test_a_second_load_changes_nothing_and_says_nothing(sample):
    before = counts()

    assert run() == ""
    assert counts() == before


def test_once_all_events_have_passed_it_says_how_to_start_over(sample):
    Event.objects.update(starts_at=sample - timedelta(days=2), ends_at=sample - timedelta(days=1))
    before = counts()

    assert run() == "All sample events have passed. `make reset` and `make run` bring fresh ones.\n"
    assert counts() == before


def test_production_refuses_before_anything_is_touched(settings, django_assert_num_queries):
    settings.PRODUCTION = True

    with django_assert_num_queries(0), pytest.raises(CommandError, match="its password is public"):
        run()


def test_every_inventory_adds_up(sample):
    assert audit_inventory() == []


def test_every_amount_adds_up(sample):
    assert audit_money(now=sample) == []


def test_figures_have_something_to_show(sample):
    """Money by transfer and at the door, guests let in and not, looks at pages, and people sent away."""
    sweep_all()
    level = Slot.objects.filter(level=Level.PLATFORM, span=Span.DAY)
    sums = level.aggregate(*(Sum(name) for name in ("arrived", "views", "refused", "received")))
    assert min(sums.values()) > 0
    assert sums["arrived__sum"] == Ticket.objects.checked_in().count() < Ticket.objects.filter(past(sample)).count()
    assert set(Payment.objects.values_list("method", flat=True)) == {"transfer", "door"}
    assert audit() == []


def past(now) -> Q:
    return Q(booking__event__ends_at__lt=now)


def test_the_attendee_stands_in_a_line_and_nobody_waits_where_there_are_seats(sample):
    mine = Entry.objects.of(User.objects.get(email="attendee@evently.local")).with_position().get()
    assert (mine.status, mine.position) == (Entry.Status.WAITING, 2)
    assert not Event.objects.filter(line__isnull=False, inventory__waiting=0).exists()


def test_no_job_waits_for_the_first_start(sample):
    assert list(Message.objects.values_list("fact", "payload")) == []


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.email)
def test_the_logins_sign_in_with_a_verified_address(sample, login):
    user = authenticate(email=login.email, password=PASSWORD, username=login.email)

    assert user is not None
    assert (user.is_staff, user.is_superuser) == (login.is_staff, login.is_staff)
    assert EmailAddress.objects.get(user=user).verified


def test_nobody_else_can_sign_in(sample):
    others = User.objects.exclude(email__in=[login.email for login in LOGINS])

    assert {user.has_usable_password() for user in others} == {False}


def test_the_organiser_owns_one_team_and_manages_another(sample):
    roles = Membership.objects.filter(user__email="organizer@evently.local").values_list("role", flat=True)

    assert sorted(roles) == ["manager", "owner"]


def test_the_attendee_has_bookings_of_every_kind(sample):
    mine = Booking.objects.filter(customer__email="attendee@evently.local").select_related("event")
    kinds = {(booking.status, booking.event.is_over(sample)) for booking in mine}

    assert kinds == {("confirmed", False), ("confirmed", True), ("cancelled", False), ("pending", False)}
    assert Booking.objects.filter(status="pending").count() == 1


def test_every_state_an_event_can_be_in_is_there(sample):
    found = states(sample)

    assert set(found.values()) == set(State) - {State.CLOSED}
    assert list(found.values()).count(State.PAST) == 5
    assert found["rio-de-som-three-days-by-the-reservoir"] == State.OPEN
    assert found["throw-glaze-fire-a-pottery-weekend"] == State.SOLD_OUT
    assert found["fado-by-lamplight"] == State.FEW


def test_a_ticket_type_can_be_sold_out_closed_or_not_yet_open_while_others_sell(sample):
    open_events = [availability_of(event, sample) for event in Event.objects.with_all()]
    beside = {one.state for event in open_events if event.state == State.OPEN for one in event.types}

    assert beside >= {State.OPEN, State.FEW, State.SOLD_OUT, State.CLOSED, State.NOT_YET}


def test_all_categories_and_many_zones_and_currencies_are_there(sample):
    events = Event.objects.public()

    assert set(events.values_list("category", flat=True)) == set(Category.values)
    assert len(set(events.values_list("timezone", flat=True))) >= 13
    assert set(events.values_list("currency", flat=True)) >= {"EUR", "GBP", "USD", "JPY", "KWD", "BHD", "INR", "BRL"}


def test_every_public_event_can_be_shown(sample):
    for event in Event.objects.public().with_all():
        assert event.summary and event.description, event.slug
        assert event.types_on_card, event.slug
        assert event.venue or event.online_url, event.slug
        assert len(event.title) <= 160 and len(event.summary) <= 280, event.slug


def test_prices_have_the_decimals_of_their_currency(sample):
    priced = TicketType.objects.select_related("event").exclude(price=0).order_by("-price")
    prices = {ticket_type.event.currency: ticket_type.price_label for ticket_type in priced}
    decimals = {currency: len(label.partition(".")[2]) for currency, label in prices.items()}

    assert decimals == {currency: money.exponent(currency) for currency in prices}
    assert decimals["KWD"] == decimals["BHD"] == 3
    assert prices["JPY"] == "JP¥1,200"


def test_tickets_are_issued_for_all_that_is_confirmed(sample):
    confirmed = Booking.objects.confirmed()

    assert Ticket.objects.filter(booking__in=confirmed).count() == confirmed.seats()


def test_bookings_were_made_while_their_tickets_were_on_sale(sample):
    for booking in Booking.objects.select_related("event").prefetch_related("lines__ticket_type"):
        assert booking.event.published_at <= booking.created_at <= sample
        for line in booking.lines.all():
            assert line.ticket_type.sales_started(booking.created_at)
            assert line.ticket_type.sales_end_at is None or line.ticket_type.sales_end_at > booking.created_at


def test_four_events_have_uploaded_pictures(sample):
    pictures = [event.image for event in Event.objects.exclude(image="")]

    assert [(picture.width, picture.height) for picture in pictures] == [(1200, 675)] * 4
