"""Bugs, reported to a Sentry project where one is set: what broke, in which code, for which request; and no person.

Nothing is sent that a visitor has typed or shown: no bodies, cookies, headers, queries, addresses, variables of frames.
Messages lose what looks like a secret, as log lines do (`core.logs.hide`). The `request_id` leads on to the logs.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger

from core.logs import current_request_id, hide

_TAGS = ("request_id", "fact", "message_id", "logger")  # of a log line that is an error by itself


def start_sentry(dsn: str, environment: str) -> None:
    """Report from here on. Once in each process, before Django is set up."""
    for reported_already in ("django_structlog.middlewares.request", "django_structlog.celery.receivers"):
        ignore_logger(reported_already)
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=tell,
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        integrations=[DjangoIntegration(signals_spans=False), CeleryIntegration(), LoggingIntegration(level=None)],
        shutdown_timeout=2,
    )


def tell(event: Any, hint: Any) -> Any:
    """Sentry's hook: what is left of a report."""
    for name in ("user", "extra", "breadcrumbs", "server_name"):
        event.pop(name, None)
    if "request" in event:  # which page it was, its `transaction` says
        event["request"] = {name: value for name, value in event["request"].items() if name == "method"}
    tags = event.setdefault("tags", {})
    line = getattr(hint.get("log_record"), "msg", None)
    if isinstance(line, dict):
        event["logentry"] = {"message": str(line.get("event", "")), "params": []}
        tags.update({name: str(line[name]) for name in _TAGS if name in line})
    if request_id := current_request_id():
        tags["request_id"] = request_id
    return hide(event)
