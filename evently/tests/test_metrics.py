from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as RedisAway

from core import tally
from core.facts import Lane
from core.metrics import collector
from outbox.models import Message

pytestmark = pytest.mark.django_db

TOKEN = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def ask(client, authorization: str = f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"Authorization": authorization, "Host": "10.0.0.7"})


def figures(client) -> dict[tuple[str, ...], float]:
    """By name and the values of its labels."""
    families = text_string_to_metric_families(ask(client).content.decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def make_message(lane: str, status: str, minutes: float) -> None:
    """Due so many minutes from now."""
    now = timezone.now()
    at = now + timedelta(minutes=minutes)
    Message.objects.create(fact="x", lane=lane, status=status, available_at=at, created_at=now)


def test_without_a_token_of_ones_own_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""
    assert ask(client).status_code == ask(client, "Bearer ").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        "Bearer \u00e9",
        f"Bearer {TOKEN} x",
    ],
)
def test_it_is_for_those_who_know_the_token(client, sent):
    answer = ask(client, sent)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"evently" not in answer.content


def test_it_is_read_not_written(client):
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_it_says_how_the_outbox_stands_by_one_query(client, django_assert_num_queries):
    """The others: deliveries, baskets, and two of the lines."""
    make_message("facts", "done", -60)
    make_message("facts", "pending", 60)
    make_message("post", "pending", -2)
    make_message("post", "pending", 0)
    make_message("post", "dead", -90)
    with django_assert_num_queries(5):
        found = figures(client)
    waits = {lane: found.pop(("evently_outbox_oldest_due_seconds", lane)) for lane in Lane.values}
    assert (waits["facts"], waits["bulk"]) == (0, 0)
    assert waits["post"] >= 120
    assert {key[1:]: value for key, value in found.items() if key[0] == "evently_outbox_messages"} == {
        ("facts", "pending"): 1,
        ("facts", "dead"): 0,
        ("post", "pending"): 2,
        ("post", "dead"): 1,
        ("bulk", "pending"): 0,
        ("bulk", "dead"): 0,
    }


@pytest.fixture
def no_figures(monkeypatch):
    registry = CollectorRegistry()
    monkeypatch.setattr("core.metrics.registry", registry)
    monkeypatch.setattr("evently.metrics.registry", registry)


def test_other_apps_add_figures_of_their_own(client, no_figures):
    @collector
    def doors():
        yield GaugeMetricFamily("evently_open_doors", "How many doors are open.", value=3)

    assert figures(client) == {("evently_open_doors",): 3}


def test_while_the_database_is_away_it_says_so(client, no_figures):
    @collector
    def doors():
        raise OperationalError("gone")

    assert ask(client).status_code == 503


def test_it_tells_of_queues_processes_and_what_is_counted(client):
    tally.flush("web")
    found = figures(client)
    assert found["evently_redis_up",] == 1
    assert found["evently_processes", "web"] >= 1
    assert {key[1] for key in found if key[0] == "evently_queue_tasks"} == {"celery", "post", "bulk"}


def test_without_redis_it_tells_what_the_database_knows(client, monkeypatch):
    def away(alias):
        raise RedisAway("gone")

    monkeypatch.setattr(tally, "get_redis_connection", away)
    found = figures(client)
    assert found["evently_redis_up",] == 0
    assert ("evently_outbox_messages", "facts", "pending") in found
    assert ("evently_processes", "web") not in found
