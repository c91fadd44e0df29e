"""What balancers and monitors ask."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_redis import get_redis_connection

from core.facts import Lane
from core.tasks import HEARTBEAT_FRESH_SECONDS, heartbeat_age
from evently import draining
from evently.doctor.echo import PATH as ECHO
from evently.doctor.echo import echo
from evently.metrics import metrics
from outbox.models import Message

# Sweeps come every two seconds: whatever has been due for so long has no worker, or too few.
DUE_TOO_LONG = timedelta(minutes=5)

_migrated = False


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nothing of anybody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether to send customers here: 200, or 503 while this process is about to end, the database does not answer, or
    it is older than this code.

    Balancers ask every few seconds, so it costs two round trips. Bookings need the database alone: Redis is reported,
    but does not take the site down.
    """
    if draining.has_begun():
        return JsonResponse({"ready": False, "checks": {"process": "about to end"}}, status=503)
    checks = {"database": _try(_database), "migrations": _try(_migrations), "redis": _try(_redis)}
    ready = checks["database"] == checks["migrations"] == "ok"
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For monitors: 200 only when everything works, including background jobs."""
    checks = run_checks()
    healthy = all(found == "ok" for found in checks.values())
    return JsonResponse({"status": "ok" if healthy else "degraded", "checks": checks}, status=200 if healthy else 503)


DOORS = {"/livez": livez, "/readyz": readyz, "/health": health, "/metrics": metrics, ECHO: echo}


def answer_first(get_response):
    """Middleware that answers these before anything else looks at the request.

    Balancers ask in plain HTTP, by address, every few seconds: no redirect, no host check, no log lines.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        door = DOORS.get(request.path)
        return door(request) if door else get_response(request)

    return middleware


def run_checks() -> dict[str, str]:
    """'ok' or what is wrong, by name."""
    return {"database": _try(_database), "redis": _try(_redis), "worker": _try(_worker), "outbox": _try(_outbox)}


def _try(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # whatever a client raises: the answer is that it does not work
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    """Once they have all been applied this process need not ask again."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrated else "some have not been applied"


def _redis() -> str:
    get_redis_connection("default").ping()
    return "ok"


def _worker() -> str:
    age = heartbeat_age()
    if age is None:
        return "no heartbeat"
    return "ok" if age < HEARTBEAT_FRESH_SECONDS else f"last heartbeat {age:.0f} seconds ago"


def _outbox() -> str:
    """What was given up is for staff to look at; a lane that stands still is for whoever runs the workers."""
    now = timezone.now()
    late = Message.objects.due_since(now - DUE_TOO_LONG)
    return ", ".join(f"{Lane(lane).label.lower()} waits since {since:%H:%M} UTC" for lane, since in late) or "ok"
