"""What is done to many guests at once."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change, Membership
from bookings import operations as bookings
from bookings.models import Booking
from bookings.operations import audit_inventory
from core.errors import NotAllowed
from events.operations import TicketTypeInput
from guests import operations
from guests.errors import GuestsChanged, JobOver
from guests.models import Item, Job
from guests.operations import Act, Sale, jobs
from guests.receivers import go_on
from notifications.models import Delivery, Notice
from outbox.models import Message
from payments.models import Refund
from payments.receivers import pay_back
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of, signed_in
from tickets import operations as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
TYPES = [TicketTypeInput(name="Stalls", price=Decimal("12.50"))]


@pytest.fixture
def event():
    return make_event(capacity=500)


@pytest.fixture
def page(event) -> Client:
    return signed_in(owner_of(event.organizer))


def begin(event, kind, refund="", **more) -> Job:
    return operations.begin(
        event=event,
        act=Act(kind, refund),
        bookings=Booking.objects.filter(event=event),
        which="All",
        by=owner_of(event.organizer),
        now=timezone.now(),
        **more,
    )


def paid(event, quantity=2) -> Booking:
    """Sold for cash at the box office."""
    sale = Sale([(event.ticket_types.get().pk, quantity)], "Rui", f"{uuid4()}@example.org", paid="cash")
    return operations.sell(event=event, sale=sale, by=owner_of(event.organizer), now=timezone.now())


def post(page, event, act, *chosen, follow=True, **more):
    data = {"act": act, "booking": [str(one.pk) for one in chosen], **more}
    return page.post(reverse("guests:act", args=[event.slug]), data, follow=follow)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def states(job) -> list[tuple[str, str]]:
    return list(job.items.order_by("booking").values_list("state", "why"))


def test_a_few_are_cancelled_at_once_after_a_question(page, event):
    one, two, other = (make_booking(event, quantity=2) for _ in range(3))
    asked = post(page, event, "cancel", one, two)
    assert "Cancel 2 bookings?" in asked.content.decode() and "Nothing was paid" in asked.content.decode()
    assert Booking.objects.confirmed().count() == 3 and not Job.objects.exists()
    done = post(page, event, "cancel", one, two, confirmed="1", expected="2", reason="Storm")
    assert said(done) == ["2 bookings cancelled."]
    assert set(Booking.objects.confirmed()) == {other}
    job = Job.objects.get()
    assert (job.size, job.reason, job.by, job.is_moving) == (2, "Storm", owner_of(event.organizer), False)
    assert Change.objects.get(what="bookings-cancelled").new["Why"] == "Storm"
    assert (
        list(Message.objects.filter(fact="booking_cancelled").values_list("payload__how", flat=True)) == ["staff"] * 2
    )
    assert audit_inventory() == []


@pytest.mark.parametrize(("refund", "back"), [("all", 2500), ("policy", 1250)])
def test_what_goes_back_is_said_and_goes_back(refund, back):
    event = make_event(ticket_types=TYPES, refund_steps=[[24 * 30, 100], [24, 50]])
    page, booking = signed_in(owner_of(event.organizer)), paid(event)
    asked = post(page, event, "cancel", booking).content.decode()
    assert "€25.00" in asked and "€12.50" in asked
    post(page, event, "cancel", booking, confirmed="1", expected="1", refund=refund)
    pay_back([{"booking_id": str(booking.pk)}])
    assert Refund.objects.get().amount == back


def test_tickets_are_sent_again_each_time_once_for_each_guest(page, event):
    ada, bea = make_booking(event, make_user("Ada")), make_booking(event, make_user("Bea"))
    for _ in range(2):
        assert said(post(page, event, "resend", ada, confirmed="1")) == ["The tickets of 1 booking are on their way."]
    sent = Delivery.objects.filter(channel="email").values_list("address", flat=True)
    assert list(sent) == [ada.customer.email] * 2
    assert bea.customer.email not in sent


def test_who_has_no_address_and_who_has_no_tickets_is_named(page, event):
    walk_in = operations.sell(
        event=event,
        sale=Sale([(event.ticket_types.get().pk, 1)], "Wanda"),
        by=owner_of(event.organizer),
        now=timezone.now(),
    )
    basket = make_hold(event)
    answer = post(page, event, "resend", walk_in, basket, make_booking(event), confirmed="1")
    assert said(answer) == ["2 of 3 could not be done: here is why."]
    words = answer.content.decode()
    assert "There is no address to send them to." in words and "This booking is in basket: it has no tickets." in words
    assert states(Job.objects.get())[0] == ("failed", "There is no address to send them to.")
    assert Notice.objects.filter(key__startswith="tickets_again").count() == 1


def test_all_who_are_not_in_yet_are_checked_in(page, event):
    half, all_in = make_booking(event, quantity=2), make_booking(event)
    for ticket in (tickets.issued(booking=half)[0], tickets.issued(booking=all_in)[0]):
        Ticket.objects.filter(pk=ticket.pk).update(checked_in_at=timezone.now())
    answer = post(page, event, "check-in", half, all_in, confirmed="1")
    assert said(answer) == ["1 of 2 could not be done: here is why."]
    assert "Everybody is in already." in answer.content.decode()
    assert Ticket.objects.filter(booking=half, checked_in_at=None).count() == 0
    assert Ticket.objects.get(booking=half, gate="Guest list").checked_in_by == owner_of(event.organizer)


def test_a_ticket_that_was_used_is_not_cancelled(page, event):
    used = make_booking(event)
    Ticket.objects.filter(pk=tickets.issued(booking=used)[0].pk).update(checked_in_at=timezone.now())
    assert "used at the door" in said(post(page, event, "cancel", used, confirmed="1"))[0]
    assert Booking.objects.get().status == "confirmed"


def test_all_that_the_list_shows_are_meant_by_its_filters(page, event):
    for name in ("Ann", "Ann", "Bob"):
        Booking.objects.filter(pk=make_booking(event).pk).update(name=name)
    more = {"whom": "all", "q": "ann", "show": "confirmed"}
    asked = post(page, event, "cancel", **more)
    assert "Cancel 2 bookings?" in asked.content.decode()
    post(page, event, "cancel", confirmed="1", expected="2", **more)
    assert Booking.objects.confirmed().get().name == "Bob"
    assert Job.objects.get().which == "Confirmed, found by a search"


def test_when_others_have_come_meanwhile_it_asks_again(page, event):
    make_booking(event)
    answer = post(page, event, "cancel", whom="all", confirmed="1", expected="2")
    assert (answer.status_code, Booking.objects.confirmed().count(), Job.objects.count()) == (409, 1, 0)
    assert "These are 1 bookings now" in answer.content.decode()
    with pytest.raises(GuestsChanged):
        begin(event, "cancel", expected=7)
    assert not Item.objects.exists()


def test_many_are_done_by_a_worker_some_at_a_time(event, monkeypatch):
    monkeypatch.setattr(jobs, "DIRECTLY", 2)
    monkeypatch.setattr(jobs, "TOGETHER", 2)
    for _ in range(5):
        make_booking(event)
    job = begin(event, "cancel")
    assert (job.items.progress(), job.is_moving) == ({"waiting": 5, "done": 0, "failed": 0}, True)
    for done in (2, 4, 5):
        go_on(job_id=str(job.pk))
        assert job.items.progress()["done"] == done
    assert not Job.objects.get().is_moving
    go_on(job_id=str(job.pk))
    assert Message.objects.filter(fact="job_due").count() == 3
    assert Message.objects.filter(fact="booking_cancelled").count() == 5


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(event, monkeypatch):
    """What it did since the last commit is done again, by another one: nobody is told twice."""
    monkeypatch.setattr(jobs, "DIRECTLY", 0)
    for _ in range(3):
        make_booking(event, make_user())
    job = begin(event, "resend")

    class Killed(BaseException):
        """Nothing catches it."""

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(Item.objects.__class__, "bulk_update", die)
        with pytest.raises(Killed):
            go_on(job_id=str(job.pk))
    assert (Notice.objects.count(), job.items.progress()["waiting"]) == (0, 3)
    go_on(job_id=str(job.pk))
    go_on(job_id=str(job.pk))
    assert (Notice.objects.count(), job.items.progress()["done"]) == (3, 3)


def test_one_that_breaks_does_not_keep_the_others_from_being_done(event, monkeypatch):
    first, second = sorted((make_booking(event) for _ in range(2)), key=lambda one: one.pk)
    real = bookings.cancel

    def cancel(*, booking, **more):
        real(booking=booking, **more)
        if booking.pk == first.pk:
            raise KeyError("broken")

    monkeypatch.setattr(bookings, "cancel", cancel)
    job = begin(event, "cancel")
    assert states(job) == [("failed", jobs.BROKEN), ("done", "")]
    assert list(Booking.objects.confirmed()) == [first]
    assert audit_inventory() == []


def test_it_can_be_stopped_and_what_was_done_stays_done(page, event, monkeypatch):
    monkeypatch.setattr(jobs, "DIRECTLY", 0)
    monkeypatch.setattr(jobs, "TOGETHER", 1)
    for _ in range(3):
        make_booking(event)
    job = begin(event, "cancel")
    go_on(job_id=str(job.pk))
    address = reverse("guests:job", args=[event.slug, job.pk])
    assert 'hx-trigger="every 2s"' in page.get(address).content.decode()
    answer = page.post(reverse("guests:stop", args=[event.slug, job.pk]), follow=True)
    assert said(answer) == ["Stopped. What was done stays done."]
    assert "1 of 3 done" in answer.content.decode() and "2 left as they were" in answer.content.decode()
    go_on(job_id=str(job.pk))
    assert job.items.progress() == {"waiting": 2, "done": 1, "failed": 0}
    again = page.post(reverse("guests:stop", args=[event.slug, job.pk]), follow=True)
    assert said(again) == ["It was done before it could be stopped."]
    with pytest.raises(JobOver):
        operations.stop(job=job, by=owner_of(event.organizer), now=timezone.now())


def test_bookings_of_another_event_are_not_touched(page, event):
    other = make_booking()
    answer = post(page, event, "cancel", other, confirmed="1")
    assert said(answer) == ["Tick at least one guest."]
    assert Booking.objects.get().status == "confirmed"


@pytest.mark.parametrize(
    "data",
    [
        {"act": "explode"},
        {},
        {"act": "cancel", "booking": ["x"]},
        {"act": "cancel", "booking": [str(UUID(int=number)) for number in range(51)]},
        {"act": "cancel", "refund": "gold"},
        {"act": "cancel", "expected": "-1"},
        {"act": "cancel", "reason": "a\x00"},
        {"act": "cancel", "reason": "x" * 201},
    ],
    ids=range(8),
)
def test_bad_input_does_nothing(page, event, data):
    make_booking(event)
    answer = page.post(reverse("guests:act", args=[event.slug]), {"whom": "all", "confirmed": "1", **data})
    assert answer.status_code == 302
    assert (Booking.objects.get().status, Job.objects.count()) == ("confirmed", 0)


def test_filters_that_make_no_sense_do_nothing(page, event):
    make_booking(event)
    answer = page.post(reverse("guests:act", args=[event.slug]), {"act": "cancel", "whom": "all", "type": "7"})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["act", "jobs", "job", "stop"])
def test_only_those_who_edit_the_event_do_this(event, name):
    make_booking(event)
    job = begin(event, "resend")
    url = reverse(f"guests:{name}", args=[event.slug, *([job.pk] if name in ("job", "stop") else [])])
    door = make_user("Dora")
    Membership.objects.create(team=event.organizer, user=door, role=Membership.Role.DOOR)
    method = "get" if name in ("job", "jobs") else "post"
    answers = [getattr(client, method)(url) for client in (Client(), signed_in(make_user()), signed_in(door))]
    assert [answer.status_code for answer in answers] == [302, 404, 403]
    with pytest.raises(NotAllowed):
        operations.begin(
            event=event, act=Act("cancel"), bookings=Booking.objects.all(), which="", by=door, now=timezone.now()
        )


def test_a_job_of_another_event_is_not_shown_here(page, event):
    make_booking(other := make_event())
    job = begin(other, "resend")
    assert page.get(reverse("guests:job", args=[event.slug, job.pk])).status_code == 404


def test_choosing_thousands_is_one_statement(event, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(jobs, "DIRECTLY", 0)
    for _ in range(4):
        make_booking(event)
    with django_assert_max_num_queries(12):
        job = begin(event, "cancel")
    assert job.items.count() == 4


def test_staff_cancel_after_the_deadline_too(event):
    booking = make_booking(event)
    late = event.starts_at - timedelta(minutes=5)
    job = operations.begin(
        event=event,
        act=Act("cancel", "policy"),
        bookings=Booking.objects.filter(pk=booking.pk),
        which="",
        by=owner_of(event.organizer),
        now=late,
    )
    assert states(job) == [("done", "")]
