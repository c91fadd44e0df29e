"""The bench: that it runs, that its sums are right, and that a wrong answer is found."""

import json
import subprocess
import sys
from uuid import uuid4

import psutil
import pytest
from django.db import connection

from bookings.models import Booking
from bookings.operations import audit_inventory
from events.models import Event
from local.bench import filling, live, machine, report, telling, truth
from local.bench.goals import GOALS
from local.bench.samples import Medians, Sample, as_json, from_json, medians
from local.paths import ROOT
from rehearsal.crowd import Answer, Crowd
from tests.factories import make_booking, make_event, make_hold, make_user


@pytest.mark.slow
def test_a_quick_run_measures_and_finds_nothing_wrong(tmp_path):
    some = ["pgbench.8", "book.crowd", "book.few_seats", "form.crowd", "read.api.availability.304", "live.sale"]
    command = [sys.executable, "-m", "local.bench", "--quick", "--results", tmp_path, "--only", *some]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = tmp_path.iterdir()
    (measured,) = json.loads(file.read_text())["rounds"]
    assert list(measured) == some
    assert measured["book.crowd"]["requests"] == 100
    assert all(sample["per_second"] > 0 for sample in measured.values())
    assert not any(sample["failures"] for sample in measured.values())


@pytest.mark.django_db
def test_each_page_waits_for_each_booking_until_the_first_update_that_shows_it():
    event = make_event(capacity=10)
    quick, slow = [(1, 10, 0.0), (2, 9, 1.1), (3, 7, 1.4)], [(1, 10, 0.0), (3, 7, 2.0)]
    waits = sorted(live._waits(event, [1.0, 1.1, 1.2], [quick, slow]))
    assert [round(one) for one in waits] == [100, 200, 300, 800, 900, 1000]


@pytest.mark.django_db
def test_updates_that_miss_a_page_or_come_in_the_wrong_order_are_found():
    event = make_event(capacity=10)
    make_booking(event, quantity=3)
    whole = [(1, 10, 0.0), (2, 9, 1.1), (3, 7, 1.4)]
    assert live._faults(event, [whole, whole], 2) == []
    late = [(3, 10, 0.5), (2, 9, 1.1), (3, 7, 1.4)]
    assert live._faults(event, [whole, late[1:]], 2) == []  # who came late was told how things were
    assert live._faults(event, [whole, [(1, 10, 0.0), (3, 7, 1.4)]], 2) == ["1 updates missed a page"]
    assert live._faults(event, [whole, [*whole[:2]]], 2) == [
        "1 updates missed a page",
        "1 pages end with a wrong number",
    ]
    assert live._faults(event, [whole, [(1, 10, 0.0), (3, 7, 1.1), (2, 9, 1.2)]], 2) == [
        "1 pages end with a wrong number",
        "1 pages saw versions out of order",
    ]
    assert live._faults(event, [whole, []], 2) == ["1 pages lost their connection"]


def crowd_of(*answers: tuple[int, bytes]) -> Crowd:
    return Crowd([Answer(n, status, 0.1, body, "") for n, (status, body) in enumerate(answers)], took=1.0)


def told(booking: Booking) -> tuple[int, bytes]:
    return 201, json.dumps({"id": str(booking.pk)}).encode()


@pytest.mark.django_db
def test_true_answers_pass():
    event = make_event()
    crowd = crowd_of(told(make_booking(event)), told(make_booking(event)))
    assert truth.bookings(crowd, [event.pk]) == []
    assert truth.sold(event.pk, 2) == []
    assert truth.added(crowd, event.pk, before=0) == []


@pytest.mark.django_db
def test_every_kind_of_wrong_answer_is_found():
    event = make_event()
    booking, untold = make_booking(event), make_booking(event)
    lost = 201, json.dumps({"id": str(uuid4())}).encode()
    assert truth.bookings(crowd_of(told(booking), told(untold), lost), [event.pk]) == [
        "1 answered bookings are not in the database"
    ]
    assert truth.bookings(crowd_of(told(booking)), [event.pk]) == ["1 bookings nobody was told of"]
    assert truth.bookings(crowd_of(told(booking), told(untold), told(untold)), [event.pk]) == [
        "1 answers named somebody else's booking"
    ]
    assert truth.bookings(crowd_of(told(booking), told(untold), (500, b"")), [event.pk]) == ["1 answers of 500"]
    assert truth.sold(event.pk, 1) == ["2 seats sold instead of 1"]
    assert truth.added(crowd_of(told(booking)), event.pk, before=0) == ["2 bookings more, 1 answered"]


@pytest.mark.django_db
def test_a_call_without_an_answer_is_a_failure():
    crowd = Crowd([Answer(0, 0, 1.0, b"", "reset")], took=1.0)
    assert truth.bookings(crowd, [make_event().pk]) == ["1 calls without an answer: reset"]


@pytest.mark.django_db
def test_counters_that_do_not_add_up_are_a_failure():
    event = make_event()
    crowd = crowd_of(told(make_booking(event)))
    event.inventory.claimed = 7
    event.inventory.save()
    (sentence,) = truth.bookings(crowd, [event.pk])
    assert "7 claimed, 1 in bookings" in sentence


@pytest.mark.django_db
def test_baskets_are_known_by_the_key_of_their_form():
    basket = make_hold()
    Booking.objects.filter(pk=basket.pk).update(idempotency_key="abc:0123")
    assert truth.baskets(crowd_of((302, b"")), basket.event_id, ["abc"]) == []
    assert truth.baskets(crowd_of((302, b"")), basket.event_id, ["xyz"]) == [
        "1 answered baskets are not in the database",
        "1 baskets nobody was told of",
    ]


@pytest.mark.django_db
def test_filling_adds_what_it_says_and_everything_adds_up():
    example = make_booking(make_event(capacity=100), quantity=2)
    hot, regular = make_event(capacity=1000), make_user()
    filling.number_customers(but=regular.pk)
    filling.fill(example, hot, bookings=range(0, 100))
    filling.fill(example, hot, bookings=range(100, 300))
    assert Booking.objects.count() == 301
    assert hot.bookings.count() == 60
    assert Event.objects.filter(slug__startswith="bench-").count() == 30
    assert not Booking.objects.filter(customer=regular.pk).exists()
    assert audit_inventory() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sample(rate: float, **figures) -> Sample:
    return Sample(rate, 10, **figures)


def test_medians_are_taken_figure_by_figure_and_every_failure_is_kept():
    rounds = [
        {"a": sample(10, p99=1.0, failures=["lost"])},
        {"a": sample(30, p99=5.0)},
        {"a": sample(20, p99=9.0)},
    ]
    figures = medians(from_json(as_json(rounds)))
    assert figures["a"] == Medians(20, None, None, 5.0, None, None, ["lost"], "")


def test_runs_of_different_sections_make_one_table():
    figures = medians([{"a": sample(10)}, {"b": sample(5)}, {"a": sample(20), "b": sample(7)}])
    assert {key: one.per_second for key, one in figures.items()} == {"a": 15, "b": 6}


def test_goals_are_judged_beside_the_yardstick_of_the_same_run():
    fast = {"web_cpu": 0.5, "p99": 900.0}
    rush, slower = sample(4000, **fast), sample(3999, **fast)
    key = "book.crowd"
    yardstick = {"pgbench.8": sample(1000)}
    assert [goal.verdict(key, medians([{**yardstick, key: rush}])) for goal in GOALS[key]] == [True, True, True]
    assert [goal.verdict(key, medians([{**yardstick, key: slower}])) for goal in GOALS[key]] == [False, True, True]
    assert [goal.verdict(key, medians([{key: rush}])) for goal in GOALS[key]] == [None, True, True]
    rush.failures.append("1 answers of 500")
    assert [goal.verdict(key, medians([{**yardstick, key: rush}])) for goal in GOALS[key]] == [False, False, False]


def test_the_table_shows_figures_goals_and_failures():
    figures = medians([{"read.list": sample(812.4, p50=1.25), "read.page": sample(9, failures=["1 answers of 500"])}])
    titles = {"read.list": "event list", "read.page": "event page"}
    assert report.table(figures, titles).splitlines()[2:] == [
        "| event list |    812 |    1.2 |      – |      – |          – |         – | ≥ 800/s: yes |",
        "| event page | FAILED |      – |      – |      – |          – |         – | ≥ 800/s: NO  |",
    ]
    assert report.failures(figures, titles) == ["event page: 1 answers of 500"]


def test_runs_are_told_together_and_written_between_the_markers(tmp_path, monkeypatch, capsys):
    page = tmp_path / "performance.md"
    page.write_text("Before\n<!-- bench -->\nold\n<!-- /bench -->\nAfter\n")
    monkeypatch.setattr(telling, "PAGE", page)
    monkeypatch.setattr(telling, "ROOT", tmp_path)
    results = [
        {
            "titles": {"book.one": "one client"},
            "rounds": as_json([{"book.one": sample(rate)}]),
            "memory": {"web": [{"rss": 100.0, "pss": 80.0}, {"rss": 90.0, "pss": 70.0}]},
            "machine": {"postgresql": "18.6"},
            "quick": False,
            "times": 1,
            "others": 0.04,
            "at": "2026-11-22T18:00:00+00:00",
        }
        for rate in (100, 300, 200)
    ]
    assert telling.tell(results, write=True) == 0
    text = page.read_text()
    size = "runs: 3, rounds: 3; other programs kept 0.04 cores busy"
    assert text.startswith(f"Before\n<!-- bench -->\n\n2026-11-22; postgresql 18.6; {size}\n")
    assert "| one client |   200 |" in text
    assert "| web                     |         2 |                  100 |          150 |" in text
    assert text.endswith("<!-- /bench -->\nAfter\n")
    assert "old" not in text
    assert "| one client |   200 |" in capsys.readouterr().out


def test_a_page_without_markers_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing here\n")
    with pytest.raises(ValueError):
        report.write_between_markers(page, "bench", "table")
    assert page.read_text() == "nothing here\n"


def test_the_cpu_time_of_a_whole_tree_is_counted_also_of_children_that_have_ended():
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    code = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {burn!r}])\nprint(1, flush=True)\n"
    with subprocess.Popen([sys.executable, "-c", code + "time.sleep(30)"], stdout=subprocess.PIPE) as process:
        with machine.spending({"tree": psutil.Process(process.pid)}) as spent:
            assert process.stdout
            process.stdout.readline()
        process.kill()
    assert 0.25 < spent["tree"] < 3
