"""The measured sections that book: by the API, by the HTML form, and pgbench beside them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from uuid import uuid4

from django.utils import timezone

from evently.celery import app as celery
from events.models import Event
from local.bench import calls, machine, truth, web, yardstick
from local.bench.bench import Bench
from local.bench.calls import SEATS
from local.bench.samples import Sample, answered_only, sample_of
from local.paths import LocalError
from outbox.models import Message
from rehearsal.crowd import Call

SOLD_OUT = 409


def pgbench(bench: Bench, *, clients: int) -> Sample:
    """The yardstick: the database alone, one statement a booking."""
    event = bench.event()
    script = yardstick.prepare(event, bench.folder)
    with machine.spending(bench.roots) as spent:
        booked, rate = yardstick.run(script, bench.database.sockets, clients=clients, seconds=bench.scale.seconds)
    wrong = truth.sold(event.pk, booked * SEATS) + truth.audit()
    return Sample(rate, booked, database_cpu=spent["database"] * 1000 / booked, failures=wrong)


def steady(bench: Bench, *, connections: int, with_key: bool = False) -> Sample:
    """Each connection books again as soon as it has its answer."""
    event = bench.event()
    most = bench.enough(10_000 if connections > 1 else 2000)
    prepared = [_book(bench, event, key=uuid4().hex if with_key else "") for _ in range(most)]
    crowd, spent = bench.rush(prepared, connections=connections, seconds=bench.scale.seconds)
    return sample_of(crowd, spent, truth.bookings(crowd, [event.pk]))


def at_once(bench: Bench, *, people: int, events: int = 1) -> Sample:
    """Everybody connects and books at the same instant."""
    chosen = [bench.event() for _ in range(events)]
    prepared = [_book(bench, event) for event in islice(cycle(chosen), people)]
    crowd, spent = bench.rush(prepared, connections=people)
    return sample_of(crowd, spent, truth.bookings(crowd, [event.pk for event in chosen]))


def with_worker(bench: Bench) -> Sample:
    """The same while the worker makes the tickets."""
    with _worker(bench):
        return at_once(bench, people=bench.scale.crowd)


def few_seats(bench: Bench) -> Sample:
    """Many more people than seats, at the same instant: every seat is sold, once."""
    event = bench.event(capacity=bench.scale.seats)
    prepared = [_book(bench, event, seats=1) for _ in range(bench.scale.crowd)]
    crowd, spent = bench.rush(prepared, connections=bench.scale.crowd)
    wrong = truth.bookings(crowd, [event.pk], expected=(201, SOLD_OUT)) + truth.sold(event.pk, bench.scale.seats)
    return sample_of(crowd, spent, wrong)


def sold_out(bench: Bench) -> Sample:
    """Nothing is left, and people go on asking."""
    event = bench.event(capacity=SEATS)
    last, _ = bench.rush([_book(bench, event)], connections=1)
    prepared = [_book(bench, event) for _ in range(bench.enough(12_000))]
    crowd, spent = bench.rush(prepared, connections=bench.scale.steady, seconds=bench.scale.seconds)
    wrong = answered_only(last, (201,)) + answered_only(crowd, (SOLD_OUT,))
    return sample_of(crowd, spent, wrong + truth.sold(event.pk, SEATS) + truth.audit())


def form_steady(bench: Bench) -> Sample:
    """The form of the event's page, by browsers that send it again at once."""
    return _form(bench, bench.enough(3000), bench.scale.steady, seconds=bench.scale.seconds)


def form_at_once(bench: Bench) -> Sample:
    """The form of the event's page, by everybody at the same instant."""
    return _form(bench, bench.scale.crowd, bench.scale.crowd)


def _form(bench: Bench, most: int, connections: int, **options: float) -> Sample:
    event = bench.event()
    _, _, page = calls.first_answer(bench.address, calls.read(event.get_absolute_url()))
    token = b"csrfmiddlewaretoken" in page
    sent = [calls.submit(event, next(bench.visitors), bench.address, token=token) for _ in range(most)]
    crowd, spent = bench.rush([call for _, call in sent], connections=connections, **options)
    return sample_of(crowd, spent, truth.baskets(crowd, event.pk, [key for key, _ in sent]))


def _book(bench: Bench, event: Event, *, seats: int = SEATS, key: str = "") -> Call:
    return calls.book(event.pk, next(bench.buyers), seats=seats, key=key)


@contextmanager
def _worker(bench: Bench) -> Iterator[None]:
    """The worker of `make run`, ready, and with nothing to do yet: what earlier sections left is taken as done."""
    Message.objects.filter(status=Message.Status.PENDING).update(status=Message.Status.DONE, done_at=timezone.now())
    celery.control.purge()
    with web.running(bench.environ, ("worker",), bench.folder / "worker.log"):
        deadline = time.monotonic() + web.PATIENCE
        while not celery.control.ping(timeout=0.5):
            if time.monotonic() > deadline:
                raise LocalError("The worker did not start.")
        yield
