import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.tasks import heartbeat, heartbeat_key
from evently import draining, health
from outbox.models import Message

pytestmark = pytest.mark.django_db

ALL_WELL = {"database": "ok", "redis": "ok", "worker": "ok", "outbox": "ok"}
READY = {"database": "ok", "migrations": "ok", "redis": "ok"}


@pytest.fixture(autouse=True)
def no_heartbeat():
    cache.delete(heartbeat_key())


def test_a_live_process_says_so_without_asking_anyone(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok")


def test_a_balancer_may_ask_by_address(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["tickets.example.org"], True
    assert client.get("/livez", headers={"Host": "10.0.0.7"}).status_code == 200
    assert client.get("/", headers={"Host": "10.0.0.7"}).status_code == 400


def test_health_is_read_not_written(client):
    assert client.post("/health").status_code == 405


def test_ready_needs_the_database_and_reports_redis(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "checks": READY})


def test_being_asked_whether_it_is_ready_costs_one_statement(client, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_a_database_that_is_older_than_this_code_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("outbox", "0005_request_id")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "some have not been applied")
    recorder.record_applied("outbox", "0005_request_id")
    assert client.get("/readyz").status_code == 200


def test_a_process_that_is_about_to_end_is_not_ready_and_goes_on_answering(client, monkeypatch):
    monkeypatch.setattr(draining, "_begun", ended := threading.Event())
    ended.set()
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "checks": {"process": "about to end"}})
    assert client.get("/livez").status_code == 200


def test_without_a_worker_the_site_is_ready_but_not_healthy(client):
    assert client.get("/readyz").status_code == 200
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json() == {
        "status": "degraded",
        "checks": {**ALL_WELL, "worker": "no heartbeat"},
    }


def test_an_old_heartbeat_is_not_a_healthy_one(client):
    cache.set(heartbeat_key(), 0)
    assert client.get("/health").json()["checks"]["worker"].endswith("seconds ago")


def test_health_is_ok_when_everything_works(client):
    heartbeat()
    assert client.get("/health").json()["status"] == "ok"


def test_a_lane_in_which_nothing_moves_is_named(client):
    heartbeat()
    now = timezone.now()
    since = (now - timedelta(minutes=6)).replace(second=0, microsecond=0)
    for lane, at in [("facts", now - timedelta(minutes=4)), ("post", since), ("post", now), ("bulk", now)]:
        Message.objects.create(fact="x", lane=lane, available_at=at, created_at=at)
    # Given up is not waiting: staff see it in the admin.
    Message.objects.create(fact="x", lane="bulk", available_at=since, created_at=since, status="dead")
    response = client.get("/health")
    assert (response.status_code, response.json()["checks"]["outbox"]) == (503, f"post waits since {since:%H:%M} UTC")
    assert client.get("/readyz").status_code == 200
