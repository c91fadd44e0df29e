"""Figures for Prometheus, to those who know METRICS_TOKEN."""

from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from django_redis import get_redis_connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

from core import tally
from core.metrics import collector, registry
from core.tasks import heartbeat_age


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What apps have registered by `core.metrics.collector`, in Prometheus' text format.

    404 where no token is configured, 401 without it, 503 while the database does not answer. While Redis does not,
    what is counted there is left out, and `evently_redis_up` is 0.
    """
    if not settings.METRICS_TOKEN:
        return _refusal("Not found.", 404)
    if not _is_known(request.headers.get("Authorization", "")):
        answer = _refusal("This needs Authorization: Bearer and the token.", 401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except DatabaseError:
        return _refusal("The database does not answer.", 503)


@collector
def what_redis_knows() -> Iterator[Metric]:
    try:
        families = [*tally.families(), *_queues()]
    except (RedisError, OSError):
        families = []
    up = 1 if families else 0
    yield GaugeMetricFamily(
        "evently_redis_up", "Whether Redis answers: without it what it counts is missing.", value=up
    )
    yield from families


def _queues() -> Iterator[Metric]:
    """Tasks that no worker has taken yet, and since when beat and a worker were last heard of."""
    redis = get_redis_connection("default")
    queues = GaugeMetricFamily("evently_queue_tasks", "Tasks that no worker has taken yet.", labels=["queue"])
    for name in settings.CELERY_TASK_QUEUES:
        queues.add_metric([name], redis.llen(name))
    yield queues
    age = heartbeat_age()
    if age is not None:
        yield GaugeMetricFamily(
            "evently_heartbeat_seconds", "Since a worker ran what beat sends every 10 s.", value=age
        )


def _is_known(authorization: str) -> bool:
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


def _refusal(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
