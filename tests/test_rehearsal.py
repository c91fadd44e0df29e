"""`manage.py rehearse` against a web process that really runs: what it reports, and that nothing of it stays."""

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics.operations import sweep_all
from bookings.models import Booking
from events.models import Event
from events.operations import TicketTypeInput
from local.paths import ROOT
from rehearsal import clone as clones
from tests.factories import make_booking, make_event, make_user
from tests.serving import environment, serving
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def staff():
    return make_user("Stella", is_staff=True)


@pytest.fixture
def event():
    """Ten seats, two of them sold; four of the ten may be in the front row."""
    types = [TicketTypeInput("Front row", price=Decimal(20), capacity=4), TicketTypeInput("Hall")]
    event = make_event(title="Jazz", capacity=10, ticket_types=types, max_per_person=3)
    hall = event.types_for_sale()[1]
    make_booking(event, items=[(hall.pk, 2)])
    return event


def rows() -> dict[str, list[str]]:
    """Everything in the database, table by table; figures as they are once everything has been counted."""
    sweep_all()
    models = [model for model in apps.get_models() if model._meta.managed]
    return {model._meta.label: sorted(repr(row) for row in model._base_manager.values_list()) for model in models}


def rehearse(*words: str, **options) -> tuple[int, str]:
    """Its exit code and what it said."""
    output = StringIO()
    try:
        call_command("rehearse", *words, stdout=output, **options)
    except SystemExit as ended:
        return int(ended.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_thirty_buyers_rush_for_ten_seats_and_the_report_says_what_happened(event, staff):
    before = rows()
    with serving(environment()) as web:
        crowding = ["--buyers", "30", "--all-at-once"]
        code, said = rehearse(event.slug, "--by", staff.email, "--url", web.address, "--json", *crowding)
    report = json.loads(said)
    assert code == 0
    assert report["right"] is True
    assert (report["event"], report["buyers"], report["requests"]) == (event.slug, 30, 36)
    assert 8 <= report["seats_sold"] <= report["capacity"] == 10
    assert report["booked"] + report["refused"]["sold-out"] >= 30  # some refusals were said twice
    assert set(report["refused"]) == {"sold-out"}
    assert (report["failed"], report["oversold"], report["duplicates"], report["lost"]) == ({}, 0, 0, 0)
    assert report["discrepancies"] == []
    assert 0 < report["latency"]["all"]["p50"] <= report["latency"]["all"]["p99"] <= report["took"]
    assert report["bottleneck"]
    assert rows() == before


def test_the_report_in_words_names_the_pace_it_kept_to(event, staff):
    with serving(environment()) as web:
        crowding = ["--buyers", "5", "--pace", "20"]
        code, said = rehearse(str(event.pk), "--by", staff.email, "--url", web.address, *crowding)
    assert code == 0
    assert "at most 50 connections, with 20 requests a second" in said
    assert "5 buyers sent 6 requests" in said
    assert "Verdict      right" in said
    assert "kept up with the pace of 20 requests a second" in said


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rehearsal_leaves_nothing(event, staff, sent):
    before = rows()
    with serving(environment()) as web, started(event, staff, web) as process:
        process.send_signal(sent)
        said, _ = process.communicate(timeout=30)
    assert "Interrupted. Nothing of it is left." in said
    assert process.returncode == 1
    assert rows() == before


def test_what_a_killed_rehearsal_left_is_swept_once_it_is_given_up(event, staff, monkeypatch):
    before = rows()
    with serving(environment()) as web:
        with started(event, staff, web) as process:
            process.kill()
            process.wait(10)
        assert clones.rehearsals().count() == 1
        assert Booking.objects.filter(event__rehearsal=True).exists()
        with pytest.raises(CommandError, match="Another rehearsal is running, or was killed"):
            rehearse(event.slug, "--by", staff.email, "--url", web.address)
        with pytest.raises(CommandError, match="it is left alone"):
            rehearse("--clean")
        clones.rehearsals().update(updated_at=timezone.now() - clones.GIVEN_UP_AFTER)
        assert rehearse("--clean") == (0, "1 left-over rehearsals swept away.\n")
    assert rows() == before


def test_an_address_where_nobody_or_somebody_else_answers_is_refused(event, staff):
    before = rows()
    with pytest.raises(CommandError, match="is no address: http://host:port is expected"):
        rehearse(event.slug, "--by", staff.email, "--url", "example.org", "--buyers", "3")
    with pytest.raises(CommandError, match=r"is not this installation, or does not work \(refused\)"):
        rehearse(event.slug, "--by", staff.email, "--url", "http://127.0.0.1:9", "--buyers", "3")
    with (
        serving(environment(SECRET_KEY="another-installation-" + "0" * 40)) as other,
        pytest.raises(CommandError, match=r"is not this installation, or does not work \(status 401\)"),
    ):
        rehearse(event.slug, "--by", staff.email, "--url", other.address, "--buyers", "3")
    assert rows() == before


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"is_staff": False}, True), ({"is_staff": True, "is_active": False}, True), ({"is_staff": True}, False)],
)
def test_only_active_staff_may_and_they_say_who_they_are(event, fields, named):
    person = make_user("Mallory", **fields)
    with pytest.raises(CommandError, match="Rehearsals are for platform staff"):
        rehearse(event.slug, *(["--by", person.email] if named else []))


def test_on_production_it_asks_first(event, staff, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="Nothing was done: confirm it, or add --yes-on-production"):
        rehearse(event.slug, "--by", staff.email)
    assert not Event.objects.filter(rehearsal=True).exists()


class started:
    """A rehearsal in a process of its own, in the middle of its rush: some seats are sold."""

    def __init__(self, event, staff, web):
        words = [event.slug, "--by", staff.email, "--url", web.address, "--buyers", "200", "--pace", "20"]
        self.command = [sys.executable, "manage.py", "rehearse", *words]

    def __enter__(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        wait_for(lambda: Booking.objects.filter(event__rehearsal=True).exists() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[0]
        return self.process

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()
