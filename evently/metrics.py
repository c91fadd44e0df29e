"""Figures for Prometheus, to those who know METRICS_TOKEN."""

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from core.metrics import registry


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What apps have registered by `core.metrics.collector`, in Prometheus' text format.

    404 where no token is configured, 401 without it, 503 while the database does not answer.
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


def _is_known(authorization: str) -> bool:
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


def _refusal(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
