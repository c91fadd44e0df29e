"""Several runs of the tests at once, and what is left of one that was killed."""

import pytest

from local import testrun
from local.pytest_services import for_worker
from local.valkey import Valkey


@pytest.fixture
def runs(folder, monkeypatch):
    for name, path in {"HOME": folder, "RUNS": folder / "runs", "LOCK": folder / "services.lock"}.items():
        monkeypatch.setattr(testrun, name, path)
    yield testrun
    testrun.discard()


def server_of(run):
    return testrun.PostgreSQL(testrun.HOME / "postgres", durable=False)


def test_two_runs_at_once_share_the_server_and_not_the_database(runs):
    one, two = runs.begin(), runs.begin()
    assert [one.database, two.database] == ["evently_run0", "evently_run1"]
    assert one.start_database() != two.start_database()
    one.end()
    assert server_of(two).answers()
    two.end()
    assert not server_of(two).answers()


def test_what_a_killed_run_left_is_cleared_away_by_the_next(runs):
    killed = runs.begin()
    killed.start_database()
    server_of(killed).sql("CREATE DATABASE test_evently_run0_gw1")
    left = Valkey(killed.folder / "gw1", durable=False)
    left.start()
    server_of(killed).sql("CREATE DATABASE somebody_elses")
    killed.lock.close()  # as the kernel does
    after = runs.begin()
    after.start_database()
    assert not left.answers()
    assert server_of(after).sql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1") == [
        "postgres",
        "somebody_elses",
    ]
    after.end()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("redis://example.org:6379/0", "redis://example.org:6379/3"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=3"),
    ],
)
def test_on_a_given_redis_each_worker_takes_its_own_database(given, taken):
    assert for_worker(given, "gw2") == taken


def test_a_given_redis_without_a_database_number_is_refused():
    with pytest.raises(pytest.UsageError):
        for_worker("redis://example.org:6379", "gw0")
