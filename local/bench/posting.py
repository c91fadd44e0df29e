"""The measured sections that send: from the outbox by the workers of `make run` to a mail server on loopback."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from statistics import quantiles
from uuid import UUID

import psutil
from django.utils import timezone

from bookings.models import Booking
from core.facts import Lane
from evently.celery import app as celery
from events.models import Event
from local.bench import calls, machine, web
from local.bench.bench import Bench
from local.bench.mailbox import Mailbox, mailbox
from local.bench.samples import Sample, answered_only
from local.paths import LocalError
from notifications.models import Delivery
from notifications.operations import News, tell
from outbox.models import Message
from outbox.operations import deliver_some

SEATS = 1
TOGETHER = 500  # people told in one transaction
PACE = 0.4  # seconds between two bookings, while a mailing runs
PATIENCE = 120  # seconds for the last message


def mailing(bench: Bench) -> Sample:
    """A reminder to everybody, by the one process that sends what goes to many."""
    event = _booked(bench, bench.scale.letters)
    _remind(event)
    return _emptied(bench, "bulk", bench.scale.letters)


def tickets(bench: Bench) -> Sample:
    """Everybody's tickets, as PDF and QR codes, by the one process that sends what concerns one person."""
    people = bench.scale.ticket_letters
    _booked(bench, people)
    while deliver_some(lane=Lane.FACTS, now=timezone.now()):
        pass
    return _emptied(bench, "post", people)


def single(bench: Bench, *, mailing: bool) -> Sample:
    """How long after a booking was sent its tickets have arrived, one at a time; beside a mailing to thousands."""
    if mailing:
        _remind(_booked(bench, bench.scale.mailing))
    event, names = bench.event(), ("worker", "post", "bulk")
    with mailbox() as box, _working(bench, box, names):
        sent = _book_slowly(bench, event)
        _wait_until(lambda: not (_ids(event.pk) - box.arrived.keys()))
        behind = Message.objects.filter(lane=Lane.BULK, status=Message.Status.PENDING).count()
    waits = [(box.arrived[name] - sent[about]) * 1000 for name, about in _named(event.pk).items()]
    points = quantiles(waits, n=100)
    wrong = [f"{len(box.again)} messages came twice"] if box.again else []
    if mailing and not behind:
        wrong.append("the mailing was over before the bookings were")
    return Sample(1 / PACE, len(sent), points[49], points[94], points[98], failures=wrong)


def _booked(bench: Bench, people: int) -> Event:
    """An event to which so many people go; nothing has been sent to anybody yet."""
    _forget()
    event = bench.event()
    prepared = [calls.book(event.pk, buyer, seats=SEATS) for buyer in islice(bench.buyers, people)]
    crowd, _ = bench.rush(prepared, connections=min(people, bench.scale.steady))
    if wrong := answered_only(crowd, (201,)):
        raise LocalError("; ".join(wrong))
    return event


def _remind(event: Event) -> None:
    """Write down a reminder for everybody. Their tickets are none of this section's business."""
    _forget()
    day, now = event.local_start.date().isoformat(), timezone.now()
    booked = list(Booking.objects.filter(event=event).values_list("pk", "customer"))
    for begin in range(0, len(booked), TOGETHER):
        some = booked[begin : begin + TOGETHER]
        tell([News("reminder_day", to, f"bench:{pk}", pk, {"day": day}) for pk, to in some], now=now)


def _forget() -> None:
    """What earlier sections left is taken as done."""
    Message.objects.filter(status=Message.Status.PENDING).update(status=Message.Status.DONE, done_at=timezone.now())
    celery.control.purge()


def _emptied(bench: Bench, worker: str, letters: int) -> Sample:
    """One process sends all that is due, from its first message to its last."""
    with mailbox() as box, _working(bench, box, (worker,)) as roots:
        _wait_until(lambda: box.arrived)
        with machine.spending({**roots, "database": bench.roots["database"]}) as spent:
            before = len(box.arrived)
            _wait_until(lambda: len(box.arrived) >= letters)
            counted = max(len(box.arrived) - before, 1)
    took = max(box.arrived.values()) - min(box.arrived.values())
    wrong = [f"{len(box.arrived)} messages instead of {letters}"] if len(box.arrived) != letters else []
    wrong += [f"{len(box.again)} messages came twice"] if box.again else []
    return Sample(
        per_second=(letters - 1) / took,
        requests=letters,
        web_cpu=spent["worker"] * 1000 / counted,
        database_cpu=spent["database"] * 1000 / counted,
        failures=wrong,
    )


@contextmanager
def _working(bench: Bench, box: Mailbox, names: tuple[str, ...]) -> Iterator[dict[str, psutil.Process]]:
    """These workers, ready; what they send arrives in the box."""
    environ = {**bench.environ, "EMAIL_URL": box.url}
    with web.running(environ, (*names, "beat"), bench.folder / "post.log") as processes:
        _wait_until(lambda: len(celery.control.ping(timeout=0.5) or []) >= len(names))
        yield {"worker": processes[0]}


def _book_slowly(bench: Bench, event: Event) -> dict[UUID, float]:
    """One booking after the other, at an even pace; when each was sent, by its id."""
    sent = {}
    for buyer in islice(bench.buyers, bench.scale.single_letters):
        moment = time.time()
        crowd, _ = bench.rush([calls.book(event.pk, buyer, seats=SEATS)], connections=1)
        if wrong := answered_only(crowd, (201,)):
            raise LocalError("; ".join(wrong))
        sent.update(dict.fromkeys(calls.booking_ids(answer.body for answer in crowd.answers), moment))
        time.sleep(max(0.0, moment + PACE - time.time()))
    return sent


def _named(event: UUID) -> dict[str, UUID]:
    """The bookings of an event by the Message-ID of their tickets."""
    booked = Booking.objects.filter(event=event).values_list("pk", flat=True)
    mails = Delivery.objects.filter(notice__kind="booking_confirmed", notice__about__in=list(booked), channel="email")
    return {mail.message_id: mail.notice.about for mail in mails.select_related("notice") if mail.notice.about}


def _ids(event: UUID) -> set[str]:
    """The Message-IDs that have to arrive; of bookings whose mail is not written down yet, the booking's id."""
    named = _named(event)
    booked = Booking.objects.filter(event=event).values_list("pk", flat=True)
    return named.keys() | {str(pk) for pk in set(booked) - set(named.values())}


def _wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalError("What was to be sent did not arrive in time.")
        time.sleep(0.02)
