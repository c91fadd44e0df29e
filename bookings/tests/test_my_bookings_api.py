"""One's own bookings by API: what it costs to look at them, which they are, and cancelling one."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from bookings.tests.asking import book, types_of
from core import limits
from events.models import Event, Inventory
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem
from tests.factories import make_booking, make_event, make_hold, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return make_user("Ada")


@pytest.fixture
def api(customer):
    return Api(customer)


# --- Figures ----------------------------------------------------------------------------------------


def test_a_booking_costs_so_many_statements(api, django_assert_num_queries):
    event = make_event()
    # event, types | savepoint, the decision, release | the booking, its lines
    with django_assert_num_queries(7):
        assert book(api, event, quantity=1, Idempotency_Key="k").status_code == 201
    with django_assert_num_queries(8):  # and the first answer
        assert book(api, event, quantity=1, Idempotency_Key="k").status_code == 201


def test_limits_of_their_own_cost_no_statement_more(api, django_assert_num_queries):
    types = [TicketTypeInput(name, capacity=9) for name in "ABC"]
    event = make_event(ticket_types=types)
    items = [{"ticket_type": one, "quantity": 1} for one in types_of(event)]
    with django_assert_num_queries(7):
        assert book(api, event, items=items).status_code == 201


def test_a_sold_out_answer_reads_and_decides(api, django_assert_num_queries):
    event = make_event(capacity=1)
    make_booking(event)
    with django_assert_num_queries(5):
        assert book(api, event, quantity=1).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_my_bookings_cost_the_same_however_many(api, customer, count, django_assert_num_queries):
    types = [TicketTypeInput("A"), TicketTypeInput("B")]
    for _ in range(count):
        event = make_event(ticket_types=types)
        book(api, event, items=[{"ticket_type": one, "quantity": 1} for one in types_of(event)])
    with django_assert_num_queries(2):
        answer = api.send("GET", "/api/bookings/my").json()
    assert len(answer["results"]) == count


# --- My bookings ------------------------------------------------------------------------------------


def test_my_bookings_are_mine_and_the_newest_comes_first(api, customer):
    make_booking()
    mine = [make_booking(customer=customer) for _ in range(3)]

    answer = api.send("GET", "/api/bookings/my")

    assert [one["id"] for one in answer.json()["results"]] == [str(one.pk) for one in reversed(mine)]
    assert answer["Cache-Control"] == "private, no-store"


def test_my_bookings_come_in_pages(api, customer):
    mine = [str(make_booking(customer=customer).pk) for _ in range(5)][::-1]

    first = api.send("GET", "/api/bookings/my?limit=2").json()
    second = api.send("GET", first["next"]).json()
    third = api.send("GET", second["next"]).json()
    back = api.send("GET", third["previous"]).json()

    pages = [[one["id"] for one in page["results"]] for page in (first, second, third, back)]
    assert pages == [mine[:2], mine[2:4], mine[4:], mine[2:4]]
    assert (first["previous"], third["next"]) == (None, None)


def test_my_bookings_can_be_narrowed_by_status_and_time(api, customer):
    now = timezone.now()
    coming, cancelled = make_booking(customer=customer), make_booking(customer=customer)
    operations.cancel(booking=cancelled, now=now)
    over = make_booking(customer=customer)
    start = now - timedelta(days=2)
    Event.objects.filter(pk=over.event_id).update(starts_at=start, ends_at=start + timedelta(hours=1))

    def ids(query):
        return {one["id"] for one in api.send("GET", f"/api/bookings/my?{query}").json()["results"]}

    assert ids("status=cancelled") == {str(cancelled.pk)}
    assert ids("when=past") == {str(over.pk)}
    assert ids("when=upcoming&status=confirmed") == {str(coming.pk)}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=gone", "status"),
        ("when=tomorrow", "when"),
        ("limit=1000", "limit"),
        ("cursor=x", "cursor"),
        ("sort=date", "sort"),
    ],
)
def test_a_question_that_makes_no_sense_is_named(api, query, name):
    assert_problem(api.send("GET", f"/api/bookings/my?{query}"), 400, "invalid", name)


# --- One booking ------------------------------------------------------------------------------------


def test_a_booking_reads_as_it_was_answered(api):
    answer = book(api, make_event(), quantity=1).json()
    assert api.send("GET", answer["links"]["self"]).json() == answer


def test_a_basket_has_an_end_and_no_tickets(api, customer):
    hold = make_hold(customer=customer)
    answer = api.send("GET", f"/api/bookings/{hold.pk}").json()
    assert answer["status"] == "pending"
    assert answer["hold_expires_at"] == hold.hold_expires_at.isoformat().replace("+00:00", "Z")
    assert (answer["links"]["tickets"], answer["online_url"]) == (None, None)


def test_other_peoples_bookings_are_not_there():
    booking = make_booking()
    stranger = Api(make_user())
    staff = Api(make_user(is_staff=True))
    for api in (stranger, staff):
        assert_problem(api.send("GET", f"/api/bookings/{booking.pk}"), 404, "not-found")
        assert_problem(api.send("DELETE", f"/api/bookings/{booking.pk}"), 404, "not-found")
    assert_problem(Api().send("GET", f"/api/bookings/{booking.pk}"), 401, "not-authenticated")
    assert Booking.objects.get().status == "confirmed"


@pytest.mark.parametrize("part", ["x", "1", "my/", "00000000-0000-7000-8000-000000000000"])
def test_what_is_no_booking_is_not_found(api, part):
    assert_problem(api.send("GET", f"/api/bookings/{part}"), 404, "not-found")


def test_cancelling_gives_the_seats_back_once(api, customer):
    booking = make_booking(customer=customer, quantity=2)

    response = api.send("DELETE", f"/api/bookings/{booking.pk}")

    assert response.status_code == 200
    answer = response.json()
    assert (answer["status"], answer["links"]["tickets"], answer["links"]["cancel"]) == ("cancelled", None, None)
    assert Inventory.objects.get().claimed == 0
    assert_problem(api.send("DELETE", f"/api/bookings/{booking.pk}"), 409, "already-cancelled")
    assert Inventory.objects.get().claimed == 0


def test_after_the_deadline_nothing_is_cancelled(api, customer):
    event = make_event(cancellation_hours=24 * 8)
    booking = make_booking(event, customer)

    assert_problem(api.send("DELETE", f"/api/bookings/{booking.pk}"), 409, "too-late-to-cancel")
    assert Booking.objects.get().status == "confirmed"


# --- Limits -----------------------------------------------------------------------------------------


def test_booking_over_and_over_is_slowed_down(api, settings, monkeypatch):
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "book", limits.Policy("2/h", "person"))
    event = make_event()

    answers = [book(api, event, quantity=1) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    problem = assert_problem(answers[-1], 429, "too-many-requests")
    assert 0 < problem["retry_after"] <= 3600
    assert answers[-1]["Retry-After"] == str(problem["retry_after"])
    assert book(Api(make_user()), event, quantity=1).status_code == 201
    assert Booking.objects.count() == 3
