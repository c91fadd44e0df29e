"""The report says what is wrong when something is: here every wrong is made by hand."""

import json

import pytest
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from events.models import Inventory
from rehearsal import clone as clones
from rehearsal.buyers import Wish, make_buyers, make_calls, make_wishes
from rehearsal.clone import make_clone
from rehearsal.crowd import Answer, Crowd
from rehearsal.report import make_report
from rehearsal.words import in_words
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal():
    """An event with four seats, its clone, and the wishes of three buyers who each want two."""
    event = make_event(capacity=4)
    clone = make_clone(event, now=timezone.now())
    ticket_type = clone.types_for_sale()[0]
    buyers = make_buyers(clone, count=3, now=timezone.now())
    return event, clone, [Wish(buyer.pk, ticket_type.pk, 2) for buyer in buyers]


def book(clone, wish) -> str:
    request = operations.Request(clone.pk, [(wish.ticket_type, wish.quantity)])
    return str(operations.book(request=request, customer_id=wish.buyer, now=timezone.now()).pk)


def crowd(*answers: tuple[int, dict | str]) -> Crowd:
    """Answers in the order of the wishes: status and body; status 0 and the kind of error."""
    return Crowd(
        [
            Answer(index, status, 0.010 * (index + 1), json.dumps(said).encode(), "" if status else said)
            for index, (status, said) in enumerate(answers)
        ],
        took=2.0,
    )


SOLD_OUT = (409, {"code": "sold-out"})


def test_a_right_one_counts_what_was_sold_and_refused(rehearsal):
    event, clone, wishes = rehearsal
    first, second = book(clone, wishes[0]), book(clone, wishes[1])
    report = make_report(event, clone, wishes, crowd((201, {"id": first}), (201, {"id": second}), SOLD_OUT))
    assert report.wrong == []
    assert (report.booked, report.seats_sold, report.capacity, report.refused) == (2, 4, 4, {"sold-out": 1})
    assert report.latency == {
        "all": {"p50": 0.02, "p95": 0.03, "p99": 0.03},
        "booked": {"p50": 0.01, "p95": 0.02, "p99": 0.02},
        "refused": {"p50": 0.03, "p95": 0.03, "p99": 0.03},
    }
    assert json.loads(report.as_json())["right"] is True
    assert in_words(report).endswith("Verdict      right")


def test_a_confirmed_booking_that_is_not_there_is_lost(rehearsal):
    event, clone, wishes = rehearsal
    told = crowd((201, {"id": book(clone, wishes[0])}), (201, {"id": "01900000-0000-7000-8000-000000000000"}), SOLD_OUT)
    report = make_report(event, clone, wishes, told)
    assert report.lost == 1
    assert report.wrong == ["1 bookings were confirmed to their buyers and are not there."]


def test_two_bookings_of_one_buyer_are_duplicates(rehearsal):
    event, clone, wishes = rehearsal
    first, second = book(clone, wishes[0]), book(clone, wishes[0])
    repeated = [wishes[0], wishes[0], wishes[1]]
    report = make_report(event, clone, repeated, crowd((201, {"id": first}), (201, {"id": second}), SOLD_OUT))
    assert report.duplicates == 1
    assert report.wrong == ["1 bookings made twice."]


def test_seats_beyond_the_capacity_are_oversold(rehearsal):
    event, clone, wishes = rehearsal
    first = book(clone, wishes[0])
    Booking.objects.filter(pk=first).update(quantity=7)
    report = make_report(event, clone, wishes, crowd((201, {"id": first}), SOLD_OUT, SOLD_OUT))
    assert report.oversold == 3
    assert "3 seats oversold." in report.wrong


def test_counters_that_do_not_add_up_are_named(rehearsal):
    event, clone, wishes = rehearsal
    Inventory.objects.filter(pk=clone.inventory_id).update(claimed=1)
    report = make_report(event, clone, wishes, crowd(SOLD_OUT, SOLD_OUT, SOLD_OUT))
    assert [sentence.partition(":")[0] for sentence in report.wrong] == [f"Inventory {clone.inventory_id}"]


def test_what_is_neither_sold_nor_sold_out_has_failed(rehearsal):
    event, clone, wishes = rehearsal
    book(clone, wishes[0])
    told = crowd((0, "reset"), (503, {"code": "busy"}), (429, {"code": "too-many-requests"}))
    report = make_report(event, clone, wishes, told)
    assert report.unanswered == 1
    assert "0 bookings and 1 without an answer, 2 of 4 seats" in in_words(report)
    assert report.failed == {"reset": 1, "503 busy": 1, "429 too-many-requests": 1}
    assert report.wrong[0].startswith("3 requests failed:")
    assert "Verdict      WRONG: 3 requests failed" in in_words(report)


def test_every_fifth_buyer_sends_the_same_request_twice(rehearsal):
    _, clone, _ = rehearsal
    wishes = make_wishes(clone, make_buyers(clone, count=0, now=timezone.now())) or []
    assert wishes == []
    people = [Wish(clone.pk, clone.pk, number) for number in range(1, 11)]
    calls = make_calls(clone, people, seconds=60, headers={})
    assert [wish.quantity for wish, _ in calls] == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10]
    assert calls[4] == calls[5]
    assert calls[4][1].headers["Idempotency-Key"]


def test_wishes_keep_to_what_one_booking_may_have(rehearsal):
    event, clone, _ = rehearsal
    clone.types_for_sale().update(min_per_booking=2, max_per_booking=3)
    buyers = list(clones.User.objects.filter(email__endswith=clones.domain_of(clone)))
    wishes = make_wishes(clone, buyers * 20)
    assert {wish.quantity for wish in wishes} == {2, 3}
    assert make_wishes(clone, buyers * 20) == wishes
